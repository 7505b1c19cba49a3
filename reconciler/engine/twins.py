"""Creations that would put a second offer on sale beside one that has no document: held back, with the ways out.

A key that was renamed, and an offer that was listed by hand, look like something missing. The marketplace takes a
second offer of one product under one title, and shows both. Whether two offers are of one product only a full read
tells, so it is made of those that look alike in the list.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.diff import left_alone
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.offers import OFFER, Desired, Key, Live

_TITLE, _CATEGORY, _PRODUCT = "content.title", "content.category", "content.product"
#: What a product is told by: its id, or one of its bar codes; None where nothing is declared.
_Token = tuple[str, str] | None


def look_alikes(desired: Iterable[Desired], rows: Iterable[Live]) -> tuple[list[Desired], list[Live]]:
    """Return the offers without a row, and the rows without a document that have a title of theirs."""
    declared, listed = list(desired), [each for each in rows if each.kind == OFFER]
    keys = {each.key for each in listed}
    missing = [each for each in declared if _may_be_missing(each) and each.key not in keys]
    titles = {words(each.fields[_TITLE]) for each in missing}
    mine = {each.key for each in declared}
    adopted = {each.adopt for each in declared if each.adopt}
    others = (each for each in listed if each.key not in mine and each.remote_id not in adopted)
    alike = [each for each in others if _is_in_question(each) and words(each.fields.get(_TITLE)) in titles]
    found = {words(each.fields.get(_TITLE)) for each in alike}
    return [each for each in missing if words(each.fields[_TITLE]) in found], alike


def twins(missing: Iterable[Desired], unmanaged: Iterable[Live]) -> Mapping[Key, Live]:
    """Return the twin of each creation that has one: a live offer with the same title, category and product.

    Where nobody knows the product of one of them, what the list shows must do.
    """
    wanted: dict[str, dict[_Token, list[Desired]]] = defaultdict(lambda: defaultdict(list))
    for each in missing:
        if _may_be_missing(each):
            wanted[words(each.fields[_TITLE])][_declared(each)].append(each)
    found: dict[Key, Live] = {}
    for live in unmanaged:
        alike = wanted.get(words(live.fields.get(_TITLE))) if _is_in_question(live) else None
        for token in _shown(live, alike) if alike else ():
            for each in alike.get(token, ()) if alike else ():
                if each.fields.get(_CATEGORY) in (None, live.fields.get(_CATEGORY)):
                    known = found.setdefault(each.key, live)
                    found[each.key] = min(known, live, key=lambda one: one.remote_id)
    return found


def held_back(desired: Desired, twin: Live, old: Key | None) -> Diagnostic:
    """Say that a creation is left undone. `old` is the key under which we manage its twin."""
    adopt = f'`adopt: "{twin.remote_id}"`'
    way = f"`moved: {{from: {old.name}}}` where its key was renamed, else {adopt}," if old else adopt
    name = old.name if old else twin.facts.get("external_id")
    told = f"{twin.remote_id} ({name})" if name else twin.remote_id
    return warning(
        "P305",
        f"{desired.key.name} is not created: offer {told} has the same title and product, and no document",
        mark=desired.origin("name").mark,
        detail="both would be on sale side by side",
        hint=f"write {way} into the document to go on with that offer; or end that one first",
        about=desired.key,
    )


def _may_be_missing(each: Desired) -> bool:
    return each.key.kind == OFFER and not each.adopt and bool(each.fields.get(_TITLE))


def _is_in_question(live: Live) -> bool:
    """What has ended is history, and what we leave alone cannot be taken over."""
    return live.kind == OFFER and live.fields.get("stock.status") != "ended" and not left_alone(live)


def words(title: object) -> str:
    """Return a title as it is compared: its words."""
    return " ".join(str(title or "").split())


def _declared(each: Desired) -> _Token:
    product = each.fields.get(_PRODUCT) or {}
    return next(((name, str(product[name])) for name in ("id", "gtin") if product.get(name)), None)


def _shown(live: Live, alike: Iterable[_Token]) -> Iterator[_Token]:
    product = live.fields.get(_PRODUCT)
    if not product:
        yield from alike
        return
    yield from (None, ("id", str(product.get("id"))))
    yield from (("gtin", str(gtin)) for gtin in product.get("gtins") or ())
