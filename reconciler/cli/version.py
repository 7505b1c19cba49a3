"""`reconcile version`: which reconcile this is, and which facts of marketplaces it goes by."""

import platform
import sys
from pathlib import Path

import click

import reconciler
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options


@click.command("version")
@output_options()
def command(as_json: bool, no_color: bool) -> int:
    """Tell the version, the Python that runs it, the revisions of the marketplaces' facts, and where it lies."""
    from reconciler.documents.resources import spec_names
    from reconciler.documents.specs import load_spec
    from reconciler.model.plan import FORMAT_VERSION
    from reconciler.model.report_json import to_text

    console = Console.open(json=as_json, no_color=no_color)
    specs = {name: load_spec(name).revision for name in spec_names()}
    installed = str(Path(reconciler.__file__).parent)
    if console.json:
        body = {
            "format_version": FORMAT_VERSION,
            "version": reconciler.__version__,
            "python": platform.python_version(),
            "executable": sys.executable,
            "installed": installed,
            "specs": specs,
        }
        console.write(to_text(body))
        return Exit.OK
    console.show(
        [
            f"reconcile  {reconciler.__version__}",
            f"Python     {platform.python_version()} ({sys.executable})",
            *(f"facts      {name}, revision {revision}" for name, revision in specs.items()),
            f"installed  {installed}",
        ]
    )
    return Exit.OK
