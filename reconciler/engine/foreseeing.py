"""The forecast of one account's plan, from what was observed and what is known. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.engine.forecast import Circumstances, forecast
from reconciler.engine.question import Question
from reconciler.engine.values_used import offers_known
from reconciler.model.offers import OFFER, Snapshot
from reconciler.model.plan import AccountPlan, Action
from reconciler.model.spec import MarketplaceSpec


def foreseen(
    part: AccountPlan,
    snapshot: Snapshot,
    spec: MarketplaceSpec,
    question: Question,
    requests: Mapping[str, int],
) -> AccountPlan:
    """Return a plan with the count of the requests so far, and with its forecast.

    Of the offers it knows by name those alone that it writes or names: that of a large shop is small where it
    changes little. Where the ledger may have forgotten a creation, its apply looks for all that the plan saw.
    """
    offers = question.references.get(OFFER, {})
    if not question.known.doubts:
        offers = offers_known(part.actions, offers, spec)
    references = {kind: offers if kind == OFFER else ids for kind, ids in question.references.items()}
    about = _circumstances(part.actions, snapshot, question, offers)
    return replace(part, references=references, reads=requests, forecast=forecast(part.actions, spec, about))


def _circumstances(
    actions: Iterable[Action], snapshot: Snapshot, question: Question, offers: Mapping[str, str]
) -> Circumstances:
    named = {kind: len(labels) for kind, labels in question.references.items()}
    listed = Counter(live.kind for live in snapshot.live if live.kind not in named or live.kind == OFFER)
    listed[OFFER] += question.at_rest.offers
    written = {target.remote_id for action in actions for target in action.targets}
    return Circumstances(
        population=named | listed,
        labels={remote_id: label for label, remote_id in offers.items()},
        categories={
            live.remote_id: live.fields["content.category"]
            for live in snapshot.live
            if live.remote_id in written and live.fields.get("content.category")
        },
        known=question.known,
        slice_of=question.slice_of,
    )
