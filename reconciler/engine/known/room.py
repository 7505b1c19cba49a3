"""How many of a kind an account may have: what comes beyond is refused (#494, #2594)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.engine.known.facts import AccountFacts
from reconciler.engine.known.subject import Subject
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.offers import OFFER


def room(subjects: Iterable[Subject], changes: Iterable[Change], account: AccountFacts) -> Iterator[Diagnostic]:
    """Yield an error for each creation that there is no room for."""
    coming = [each for each in subjects if each.is_new]
    if not coming:
        return
    taken = _taken(account)
    taken.subtract(change.key.kind for change in changes if change.verb is Verb.DELETE)
    for subject in coming:
        kind = account.spec.kinds[subject.key.kind]
        draft = subject.key.kind == OFFER and subject.value("stock.status") != "active"
        most = kind.most_drafts if subject.key.kind == OFFER else kind.most
        if not most or (subject.key.kind == OFFER and not draft):
            continue
        taken[subject.key.kind] += 1
        if taken[subject.key.kind] > most:
            what = f"{kind.label} that is a draft" if draft else kind.label
            yield subject.problem(
                "P239", f"there is no room for one more {what}: an account may have {most:,}", "name",
                hint="use one that is there already (`adopt:` with a new name takes one over), or free some",
            )  # fmt: skip


def _taken(account: AccountFacts) -> Counter[str]:
    taken = Counter({kind: len(names) for kind, names in account.references.items() if kind != OFFER})
    for name, ids in account.ambiguous.items():
        taken[name.partition("/")[0]] += len(ids)
    taken[OFFER] = sum(
        1
        for (kind, _), live in account.live.items()
        if kind == OFFER and live.fields.get("stock.status") == "draft"
    )
    return taken
