"""Which live offers are ambiguous, and what tells them apart. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from reconciler.model.adopting import Ambiguity, Candidate
from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Key, Live


def ambiguities(live: Iterable[Live], desired: Iterable[Desired], account: str) -> tuple[Ambiguity, ...]:
    """Return the keys that several live offers bear, and last those without a key that no document means."""
    by_key: dict[str, list[Live]] = defaultdict(list)
    for each in live:
        if each.kind == OFFER:
            by_key[str(each.facts.get(EXTERNAL_ID) or "")].append(each)
    declared = [each for each in desired if each.key.kind == OFFER]
    adopted = {each.adopt: each for each in declared if each.adopt}
    named = {each.key.name: each for each in declared if not each.adopt}
    found = []
    for name, offers in sorted(by_key.items(), key=lambda pair: (pair[0] == "", pair[0])):
        if name and len(offers) == 1:
            continue
        known = set() if name else {*adopted, *named}  # what has no key goes by its id, also as a document's name
        asked = sorted((each for each in offers if each.remote_id not in known), key=_by_id)
        rows = tuple(_candidate(each, adopted.get(each.remote_id)) for each in asked)
        mine = named.get(name)
        if rows:
            mark = mine.origin("name").mark if mine else None
            found.append(Ambiguity(key=Key(account, OFFER, name), candidates=rows, mark=mark))
    return tuple(found)


def _by_id(live: Live) -> str:
    return live.remote_id


def _candidate(live: Live, document: Desired | None) -> Candidate:
    return Candidate(
        remote_id=live.remote_id,
        title=str(live.fields.get("content.title") or ""),
        price=str(live.fields.get("price.base") or ""),
        status=str(live.fields.get("stock.status") or ""),
        since=str(live.facts.get("listed_at") or ""),
        document=document.names[-1] if document else "",
        mark=document.origin("adopt").mark if document else None,
    )
