"""`reconcile simulate`: a marketplace of one's own, over HTTP, to practise on."""

from collections.abc import Collection, Iterable, Sequence
from errno import EADDRINUSE
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.options import project_folder, project_option
from reconciler.simulator.names import MARKETPLACES, practised

if TYPE_CHECKING:
    from socket import socket

    from reconciler.simulator.app import Simulator

#: So many are named.
_MOST_SELLERS = 20


@click.command("simulate")
@click.option(
    "--marketplace",
    type=click.Choice(tuple(practised())),
    default=MARKETPLACES[0],
    show_default=True,
    help="Which one to practise on.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8089, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--store",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Where its data is kept.  [default: .reconcile/simulator-MARKETPLACE.db]",
)
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="ID:SECRET",
    help="An application through which sellers log in; may be repeated.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[=N]",
    help="Trouble for the next N requests that it can meet (1), while this runs; may be repeated.",
)
@click.option("--log", is_flag=True, help="A line for each request: method, path, status, milliseconds.")
@project_option()
def command(
    marketplace: str,
    host: str,
    port: int,
    store: str | None,
    clients: tuple[str, ...],
    faults: tuple[str, ...],
    log: bool,
) -> int:
    """Run a marketplace to practise on, until Ctrl-C.

    An account with `environment: simulator` needs no server: this one is for several programs at once, or for
    looking at requests. What it can be told while it runs: docs/practice.md.
    """
    from reconciler.runtime.project.state import practice_store, private_store
    from reconciler.simulator.app import simulator_of
    from reconciler.simulator.serve import serve

    practised = simulator_of(marketplace)
    known, troubles = [_client(each) for each in clients], [_fault(each, practised.troubles()) for each in faults]
    listening = _listen(host, port)
    try:
        file = private_store(Path(store)) if store else practice_store(project_folder(), marketplace)
    except OSError as wrong:
        raise Refusal(f"{store or '.reconcile'} cannot be written: {wrong.strerror}") from wrong
    console = Console.open()
    simulator = practised(file, log=console.say if log else None)
    before = simulator.settings.faults.schedule
    try:
        _fill(simulator, known, _base(host, port))
        if troubles:
            simulator.change_settings({"faults": {"schedule": [*troubles, *before]}})
        console.say(*_settings(host, port, file, simulator.logins()))
        serve(simulator, listening)
    finally:
        if troubles:
            simulator.change_settings({"faults": {"schedule": list(before)}})
        simulator.close()
        listening.close()
    return Exit.OK


def _client(given: str) -> tuple[str, str]:
    name, _, secret = given.partition(":")
    if not name or not secret:
        raise click.BadParameter("an application is its id, a colon and its secret", param_hint="--client")
    return name, secret


def _fault(given: str, known: Collection[str]) -> dict[str, Any]:
    from reconciler.documents.near import did_you_mean

    name, _, times = given.partition("=")
    if name not in known:
        hint = did_you_mean(name, known, otherwise=f"There are {', '.join(sorted(known))}.")
        raise click.BadParameter(f"there is no fault {name!r}. {hint}", param_hint="--fault")
    if times and (not times.isdecimal() or not int(times)):
        raise click.BadParameter(f"{times!r} is no number of requests, such as {name}=3", param_hint="--fault")
    return {"do": name, "times": int(times or 1)}


def _listen(host: str, port: int) -> "socket":
    from reconciler.simulator.serve import listen

    try:
        return listen(host, port)
    except OSError as wrong:
        if wrong.errno == EADDRINUSE:
            hint = "end what listens there, or choose another one with --port"
            raise Refusal(f"port {port} of {host} is in use", hint) from wrong
        raise Refusal(f"{host}, port {port}, cannot be listened on: {wrong.strerror or wrong}") from wrong


def _fill(simulator: "Simulator", clients: Iterable[tuple[str, str]], api: str) -> None:
    """Have the applications; and, in a project that has no marketplace yet, what its documents name."""
    from reconciler.runtime.project.practice import sellers
    from reconciler.runtime.project.state import PROJECT

    if not simulator.logins() and (project_folder() / PROJECT).exists():
        for seller in sellers(project_folder(), simulator.name, api):
            simulator.seed(seller)
    for name, secret in clients:
        simulator.add_client(name, secret)


def _base(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _settings(host: str, port: int, file: Path, logins: Collection[str]) -> list[str]:
    from reconciler.documents.addresses import ALLOW, is_loopback

    base = _base(host, port)
    return [
        f"The simulator listens on {base} and keeps its data in {file}.",
        _sellers(base, sorted(logins)),
        "An account in reconcile.yaml that uses it:",
        "",
        "    environment:",
        f"      api: {base}",
        f"      auth: {base}",
        f"      upload: {base}/upload",
        *([] if is_loopback(host) else [f"      {ALLOW}: true"]),
        "",
        "Ctrl-C ends it.",
    ]


def _sellers(base: str, logins: Sequence[str]) -> str:
    if not logins:
        return f"It has no seller yet: run it in a project, or POST one to {base}/_sim/seed (docs/practice.md)."
    more = f" and {len(logins) - _MOST_SELLERS} more" if len(logins) > _MOST_SELLERS else ""
    return f"Its sellers: {', '.join(logins[:_MOST_SELLERS])}{more}. A token of theirs is `simulator-LOGIN`."
