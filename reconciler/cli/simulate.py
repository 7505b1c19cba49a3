"""`reconcile simulate`: a marketplace of one's own, over HTTP, to practise on."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.options import project_folder, project_option

_STORE = Path(".reconcile") / "simulator.db"


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8089, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--store",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help=f"Where its data is kept.  [default: {_STORE.as_posix()}]",
)
@project_option()
def command(host: str, port: int, store: str | None) -> int:
    """Run a marketplace to practise on, until Ctrl-C.

    An account with `environment: simulator` needs no server: this one is for several programs at once, or for
    looking at requests.
    """
    from reconciler.runtime.project.state import practice_store, private_store
    from reconciler.simulator.serve import serve

    try:
        file = private_store(Path(store)) if store else practice_store(project_folder())
    except OSError as wrong:
        raise Refusal(f"{store or _STORE} cannot be written: {wrong.strerror}") from wrong
    Console.open().say(*_settings(host, port, file))
    serve(file, host=host, port=port)
    return Exit.OK


def _settings(host: str, port: int, file: Path) -> list[str]:
    from reconciler.documents.addresses import ALLOW, is_loopback

    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return [
        f"The simulator listens on {base} and keeps its data in {file}.",
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
