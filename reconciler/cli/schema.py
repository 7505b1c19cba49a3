"""`reconcile schema`: the grammar of documents, for editors and other programs."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.saving import save
from reconciler.render.words import counted


@click.command("schema")
@click.argument("kind", required=False)
@click.option("--list", "list_all", is_flag=True, help="List all schemas.")
@click.option("--write", type=click.Path(file_okay=False), metavar="DIR", help="Write all schemas into a folder.")
def command(kind: str | None, list_all: bool, write: str | None) -> int:
    """Print the JSON Schema of a kind of document, such as `offer` or `Offer`.

    An editor with a YAML language server checks and completes a document that begins with

        # yaml-language-server: $schema=../schemas/offer.schema.json
    """
    from reconciler.documents.grammar import printed_names, schema_json
    from reconciler.documents.kinds import dashed

    console = Console.open()
    names = printed_names()
    if write:
        count = write_schemas(Path(write))
        console.show([f"{counted(count, 'schema')} written to {write}."])
    elif list_all:
        console.show(names)
    elif kind is None:
        raise click.UsageError("Which one? Name a kind, or use --list or --write DIR.")
    elif dashed(kind) not in names:
        raise Refusal(f"there is no schema of {kind}", f"there are: {', '.join(names)}")
    else:
        console.show(schema_json(dashed(kind)).splitlines())
    return Exit.OK


def write_schemas(folder: Path) -> int:
    """Write all schemas into a folder and return how many; they are ours, so newer ones replace older ones."""
    from reconciler.documents.grammar import printed_names, schema_json

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise Refusal(f"{folder} cannot be written: {wrong.strerror}") from wrong
    for name in printed_names():
        save(folder / f"{name}.schema.json", schema_json(name))
    return len(printed_names())
