"""The process that `warm` forks commands from: it has imported the product, and has run nothing of it.

It reads one order after the other from a socket: a line of JSON, with the three files of the command beside it. It
answers with a process number. The process is forked twice, so that its parent is whoever asked (see `warm`).
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import socket
import sys
from typing import NoReturn

LONGEST = 1 << 20


def import_everything() -> None:
    """Import each module of the product. A module that cannot be imported here is imported by who needs it."""
    import reconciler

    for found in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        importlib.import_module(found.name)


def serve(line: socket.socket) -> None:
    """Fork a command for each order, until nobody can give one any more. Returns only in a command."""
    while True:
        order, files, _, _ = socket.recv_fds(line, LONGEST, 3)
        if not order:
            os._exit(0)
        reader, writer = os.pipe()
        between = os.fork()
        if between == 0:
            command = os.fork()
            if command:
                os.write(writer, b"%d" % command)
                os._exit(0)
            os.close(reader)
            os.close(writer)
            line.close()
            become(json.loads(order), files)
            return
        os.waitpid(between, 0)
        line.sendall(os.read(reader, 20))
        for number in (reader, writer, *files):
            os.close(number)


def become(order: dict[str, object], files: list[int]) -> None:
    """Be what a shell would have started: its files, folder, environment and arguments."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        lines = 1 if number == 2 else -1  # what is said on stderr is seen at once, as Python has it
        new = open(number, "r" if number == 0 else "w", lines, old.encoding, old.errors, closefd=False)  # noqa: SIM115 - the process closes it
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)
    os.chdir(str(order["cwd"]))
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]
    more = [each for each in os.environ["PYTHONPATH"].split(os.pathsep) if each not in sys.path]
    sys.path[:1] = [os.getcwd(), *more]  # as `python -m` has it
    sys.argv[1:] = order["arguments"]  # type: ignore[call-overload]


def main() -> NoReturn:
    """Serve, and in each forked process run the command line to its end."""
    line = socket.socket(fileno=int(sys.argv[1]))
    import_everything()
    gc.freeze()  # what is shared is not walked, and so not copied, in every command
    serve(line)
    from reconciler.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
