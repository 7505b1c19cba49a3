"""The connectors that are installed, by the `type` of a source."""

from functools import cache

from reconciler.connectors.base import Connector
from reconciler.model.installed import points

GROUP = "reconciler.connectors"


@cache
def connector(name: str) -> Connector:
    """Find a connector among the installed entry points. LookupError when there is none."""
    for point in points(GROUP):
        if point.name == name:
            found: Connector = point.load()
            return found
    raise LookupError(f"no connector `{name}` is installed")


def connectors() -> tuple[str, ...]:
    """Return the names of all that are installed."""
    return tuple(sorted({point.name for point in points(GROUP)}))
