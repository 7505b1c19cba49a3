"""The data files that ship with the package: schemas and marketplace specs, in a wheel or in a checkout.

A marketplace of somebody else's package brings its own spec: `spec.yaml` beside the provider that it installs.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SCHEMA = ".schema.json"


@cache
def _folder(name: str) -> Path:
    """In a wheel the files lie inside the package; in a checkout at its root."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def schema_text(name: str) -> str:
    """Return the JSON text of a schema, such as `offer`. Raise LookupError when there is none."""
    return _text("schema", _folder("schemas") / f"{name}{_SCHEMA}")


def schema_files() -> tuple[str, ...]:
    """Return the names of all schemas, sorted."""
    return tuple(sorted(f.name.removesuffix(_SCHEMA) for f in _folder("schemas").glob(f"*{_SCHEMA}")))


def spec_text(marketplace: str) -> str:
    """Return the YAML text of a marketplace's spec. Raise LookupError when there is none."""
    ours = _folder("specs") / f"{marketplace}.yaml"
    others = (file for name, file in _brought() if name == marketplace)
    return _text("spec", ours if ours.exists() else next(others, ours))


def spec_names() -> tuple[str, ...]:
    """Return the marketplaces that have a spec, sorted."""
    return tuple(sorted({f.stem for f in _folder("specs").glob("*.yaml")} | {name for name, _ in _brought()}))


def _brought() -> Iterator[tuple[str, Path]]:
    """Yield the specs that packages of others bring, by the name of the provider beside them."""
    for point in entry_points(group="reconciler.providers"):
        package, _, _ = point.module.rpartition(".")
        if package and package.partition(".")[0] != _PACKAGE.name:
            for folder in _folders(package):
                yield point.name, Path(folder) / "spec.yaml"


def _folders(package: str) -> Iterator[str]:
    found = find_spec(package)
    yield from (found.submodule_search_locations or ()) if found else ()


def pipeline_text(name: str) -> str:
    """Return the text of a file of the pipelines, such as `ci/plan.sh`. Raise LookupError when there is none."""
    packed = _PACKAGE / "data" / name
    return _text("file", packed if packed.exists() else _PACKAGE.parent / name)


def _text(what: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as missing:
        raise LookupError(f"there is no {what} {file.name}") from missing
