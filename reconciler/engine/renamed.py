"""A document that was renamed without a word looks like an end and a creation: the plan asks. Pure.

What it was is told by what is remembered of it, so nothing is read for it. Only a pair that is the only one of its
looks is named: a guess among variants would be wrong as often as right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.memory import digest_of, fingerprint
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.memory import Baseline
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec

_PRODUCT, _TITLE = "content.product", "content.title"
#: What two things have in common: how it is said, and the value as it is remembered.
_Look = tuple[str, str, str]


def perhaps_renamed(
    created: Iterable[Desired],
    lost: Iterable[tuple[Key, Live]],
    baselines: Mapping[Key, Baseline],
    spec: MarketplaceSpec,
) -> tuple[Diagnostic, ...]:
    """Ask of each creation that looks like something which lost its document whether it was renamed. Linear."""
    new: dict[_Look, list[Desired]] = defaultdict(list)
    old: dict[_Look, list[tuple[Key, Live]]] = defaultdict(list)
    for key, live in lost:
        if spec.kinds[key.kind].rename:
            for look in _remembered(key, live, baselines.get(key)):
                old[look].append((key, live))
    for each in created if old else ():
        for look in _declared(each):
            new[look].append(each)
    found: dict[Key, Diagnostic] = {}
    for look, some in new.items():
        if len(some) == 1 and len(old.get(look, ())) == 1 and some[0].key not in found:
            found[some[0].key] = _asked(some[0], *old[look][0], look[1])
    return tuple(found.values())


def _declared(each: Desired) -> Iterator[_Look]:
    kind = each.key.kind
    if each.fields:
        yield kind, "declares the same", fingerprint(each)
    for path, said in ((_PRODUCT, "has the same product"), (_TITLE, "has the same title")):
        if kind == OFFER and each.fields.get(path):
            yield kind, said, digest_of(each.fields[path])


def _remembered(key: Key, live: Live, baseline: Baseline | None) -> Iterator[_Look]:
    digests = baseline.digests if baseline else {}
    if baseline and baseline.fingerprint:
        yield key.kind, "declares the same", baseline.fingerprint
    if key.kind == OFFER:
        if _PRODUCT in digests:
            yield key.kind, "has the same product", digests[_PRODUCT]
        if title := live.fields.get(_TITLE):
            yield key.kind, "has the same title", digest_of(title)


def _asked(new: Desired, key: Key, live: Live, why: str) -> Diagnostic:
    return warning(
        "P121",
        f"{new.key} is new and {why} as {key} ({live.remote_id}), which lost its document: was it renamed?",
        mark=new.origin("name").mark,
        detail="as planned, these are two things: the old one goes or stays as it is, and another one is created",
        hint=f"if it was, write `moved: {{from: {key.name}}}` into {new.names[-1]}: the old one goes on under it",
        about=new.key,
    )
