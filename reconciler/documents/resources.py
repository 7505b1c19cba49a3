"""The data files that ship with the package: schemas and marketplace specs, in a wheel or in a checkout.

A package of somebody else that brings a marketplace has its spec under `data/specs/`, and schemas of its own kinds
of documents under `data/schemas/`: as our own wheel has them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reconciler.model.installed import points

_PACKAGE = Path(__file__).resolve().parent.parent
_SCHEMA, _SPEC = ".schema.json", ".yaml"
#: The entry points of marketplaces: a name, and a Provider.
MARKETPLACES = "reconciler.providers"


@cache
def _folder(name: str) -> Path:
    """In a wheel the files lie inside the package; in a checkout at its root."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


@cache
def _files(folder: str, ending: str) -> Mapping[str, Path]:
    """Return the files of a folder by their names without the ending, sorted; what is ours is no other's."""
    found: dict[str, Path] = {}
    for each in (_folder(folder), *(package / "data" / folder for package in _others())):
        for file in each.glob(f"*{ending}"):
            found.setdefault(file.name.removesuffix(ending), file)
    return dict(sorted(found.items()))


@cache
def _others() -> tuple[Path, ...]:
    """Return the folders of the other installed packages that bring a marketplace."""
    return tuple(sorted(set(_packages()) - {_PACKAGE}))


def _packages() -> Iterator[Path]:
    for point in points(MARKETPLACES):
        found = find_spec(point.module.partition(".")[0])
        for place in (found.submodule_search_locations or ()) if found is not None else ():
            yield Path(place).resolve()


def schema_text(name: str) -> str:
    """Return the JSON text of a schema, such as `offer`. Raise LookupError when there is none."""
    return _text("schema", name, _SCHEMA, _files("schemas", _SCHEMA).get(name))


def schema_files() -> tuple[str, ...]:
    """Return the names of all schemas, sorted."""
    return tuple(_files("schemas", _SCHEMA))


def spec_text(marketplace: str) -> str:
    """Return the YAML text of a marketplace's spec. Raise LookupError when there is none."""
    return _text("spec", marketplace, _SPEC, _files("specs", _SPEC).get(marketplace))


def spec_names() -> tuple[str, ...]:
    """Return the marketplaces that have a spec, sorted."""
    return tuple(_files("specs", _SPEC))


def every_resource() -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every schema and spec, sorted."""
    for folder, ending in (("schemas", _SCHEMA), ("specs", _SPEC)):
        yield from ((f"{folder}/{name}", file.read_bytes()) for name, file in _files(folder, ending).items())


def pipeline_text(name: str) -> str:
    """Return the text of a file of the pipelines, such as `ci/plan.sh`. Raise LookupError when there is none."""
    packed = _PACKAGE / "data" / name
    return _text("file", name, "", packed if packed.exists() else _PACKAGE.parent / name)


def _text(what: str, name: str, ending: str, file: Path | None) -> str:
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
    except OSError as missing:
        raise LookupError(f"there is no {what} {name}{ending}") from missing
    raise LookupError(f"there is no {what} {name}{ending}")
