"""What the named objects of an account are called: listed, or trusted for a time where the spec says so.

Only a plan trusts names. What it would write by one is decided by a list that was read for it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import orjson
from msgspec.structs import replace

from reconciler.model.offers import Desired, Live
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Value
from reconciler.runtime.clock import is_within
from reconciler.runtime.connection.session import Session

_TOPIC = "names"
#: The objects of a kind by their names: a name may be that of several.
ByName = Mapping[str, list[str]]
#: Names by kind: kind -> label -> remote id.
Index = Mapping[str, Mapping[str, str]]


async def list_names(opened: Session, kind: str) -> ByName:
    """List the objects of a kind, and keep what they are called."""
    names: dict[str, list[str]] = {}
    for remote_id, name in await opened.ask(opened.provider.objects(opened.reading(), kind)):
        names.setdefault(name, []).append(remote_id)
    if _trusted_for(opened.spec, kind):
        opened.cache.keep(_TOPIC, _key(opened, kind), opened.clock.now().isoformat(), orjson.dumps(names))
    return names


def trusted_names(opened: Session, kind: str, desired: Iterable[Desired]) -> ByName | None:
    """Return what was listed lately, if that has all that documents name; else None: it has to be listed."""
    hours = _trusted_for(opened.spec, kind)
    kept = opened.cache.lookup(_TOPIC, _key(opened, kind)) if hours else None
    if kept is None or not is_within(datetime.fromisoformat(kept[0]), timedelta(hours=hours), opened.clock.now()):
        return None
    names: ByName = orjson.loads(kept[1])
    return names if _named(desired, opened.spec, kind) <= names.keys() else None


def in_doubt(part: AccountPlan, trusted: Iterable[str], spec: MarketplaceSpec) -> frozenset[str]:
    """Return the kinds whose names were trusted and which a plan would write something by."""
    kinds = (
        field.refers
        for change in part.changes
        for each in change.fields
        if (field := spec.kinds[change.key.kind].field(each.path)) is not None
    )
    return frozenset(kinds) & frozenset(trusted)


def renamed(offers: Iterable[Live], before: Index, after: Index, spec: MarketplaceSpec) -> tuple[Live, ...]:
    """Return live resources with the names of `after` in place of those of `before`."""
    now = {kind: {remote_id: label for label, remote_id in ids.items()} for kind, ids in after.items()}
    found = []
    for live in offers:
        told: dict[str, Value] = {}
        for path, value in live.fields.items():
            field = spec.kinds[live.kind].field(path)
            if field is not None and field.refers in now and isinstance(value, str):
                remote_id = value[1:] if value[:1] == "#" else before.get(field.refers, {}).get(value, "")
                told[path] = now[field.refers].get(remote_id, f"#{remote_id}" if remote_id else value)
        found.append(replace(live, fields={**live.fields, **told}) if told else live)
    return tuple(found)


def _named(desired: Iterable[Desired], spec: MarketplaceSpec, kind: str) -> frozenset[str]:
    """Return the names of a kind that documents say; what is said by its id needs none."""
    paths = {
        name: [path for path, field in known.fields.items() if field.refers == kind]
        for name, known in spec.kinds.items()
    }
    found: set[str] = set()
    for each in desired:
        for path in paths[each.key.kind]:
            for fields in (each.fields, each.unsynced):
                value = fields.get(path) or ()
                found.update([value] if isinstance(value, str) else value)
    return frozenset(name for name in found if name[:1] != "#")


def _trusted_for(spec: MarketplaceSpec, kind: str) -> int:
    known = spec.kinds.get(kind)
    return known.views["list"].trusted_hours if known is not None and "list" in known.views else 0


def _key(opened: Session, kind: str) -> str:
    return f"{opened.place.site}/{kind}"
