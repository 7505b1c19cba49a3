"""The forecast of one account's plan, from what was observed and what is known. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.engine.forecast import Circumstances, forecast
from reconciler.engine.question import Question
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
    """Return a plan with the count of the requests so far, and with its forecast."""
    about = _circumstances(part.actions, snapshot, question)
    return replace(part, reads=requests, forecast=forecast(part.actions, spec, about))


def _circumstances(actions: Iterable[Action], snapshot: Snapshot, question: Question) -> Circumstances:
    named = {kind: len(labels) for kind, labels in question.references.items()}
    listed = Counter(live.kind for live in snapshot.live if live.kind not in named or live.kind == OFFER)
    listed[OFFER] += question.at_rest.offers
    written = {target.remote_id for action in actions for target in action.targets}
    return Circumstances(
        population=named | listed,
        # What is asked of the list is asked about what is written.
        labels=(
            {remote_id: label for label, remote_id in question.references.get(OFFER, {}).items()}
            if written
            else {}
        ),
        categories={
            live.remote_id: live.fields["content.category"]
            for live in snapshot.live
            if live.remote_id in written and live.fields.get("content.category")
        },
        known=question.known,
        slice_of=question.slice_of,
    )
