"""Guards of what comes from sources: a broken feed stops a plan, and never empties a shop. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.changes import Change
from reconciler.model.offers import Desired
from reconciler.model.plan import Breach, Violation
from reconciler.model.tables import ReadingState, SourceRead

SOURCE = "source"
#: What `--allow` takes for a source that has far fewer rows than before, and is right all the same.
SHRINK = "shrink"
_QUANTITY = "stock.quantity"
_WORDS = {
    ReadingState.OLD: "is too old",
    ReadingState.SHORT: "came out short",
    ReadingState.FAILED: "cannot be read",
}


def follows(source: str) -> str:
    """Return what the offers that follow a source are counted as, beside the kinds of resources."""
    return f"source {source}"


def broken_sources(
    desired: Iterable[Desired], sources: Mapping[str, SourceRead], allow: Mapping[str, str]
) -> Iterator[Violation]:
    """Refuse a plan of which a source is not as it should be; `--allow source=NAME` goes on without its fields."""
    broken = {name: each for name, each in sources.items() if each.state is not ReadingState.OK}
    if not broken:
        return
    held: dict[str, list[tuple[Desired, str]]] = defaultdict(list)
    for each in desired:
        for path, name in each.sourced.sources.items() if each.sourced else ():
            if name in broken:
                held[name].append((each, path))
    lifted = {each.strip() for each in allow.get(SOURCE, "-").split(",")}
    for name, rows in held.items():
        seen = broken[name]
        yield Violation(
            rule=SOURCE,
            message=f"{name} {_WORDS[seen.state]}: {seen.why}; what comes from it would be left as it is",
            rows=tuple(Breach(key=one.key, path=path, mark=one.origin(path).mark) for one, path in rows),
            allowed=SOURCE in allow and (name in lifted or not allow[SOURCE]),
        )


def still_refused(violations: Iterable[Violation], allow: Mapping[str, str]) -> bool:
    """Tell whether a plan was refused for a source that nobody has allowed since."""
    lifted = {each.strip() for each in allow.get(SOURCE, "-").split(",")}
    every = SOURCE in allow and not allow[SOURCE]
    return any(
        each.rule == SOURCE and not each.allowed and not every and each.message.partition(" ")[0] not in lifted
        for each in violations
    )


def emptied(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Return the changes that take the last piece away because a source says so, by the names of the sources."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        for field in change.fields:
            if field.path == _QUANTITY and field.rows and field.before and field.after == 0 and not field.held:
                found[next(iter(field.rows)).partition("/")[0]].append(change)
    return found
