"""The forecast of one account's plan, from what was observed and what is known. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.engine.forecast import Circumstances, forecast
from reconciler.engine.question import Question
from reconciler.engine.values_used import references_used
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
    changes little.
    """
    offers = _offers_known(part.actions, spec, question.references)
    references = {kind: offers if kind == OFFER else ids for kind, ids in question.references.items()}
    about = _circumstances(part.actions, snapshot, question, offers)
    return replace(part, references=references, reads=requests, forecast=forecast(part.actions, spec, about))


def _offers_known(
    actions: Iterable[Action], spec: MarketplaceSpec, references: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Return the remote ids of the offers that actions write or name, by their keys."""
    written = {target.remote_id for action in actions for target in action.targets}
    named = references_used(actions, references, spec).get(OFFER, {})
    every = references.get(OFFER, {}).items() if written else ()
    return {label: remote_id for label, remote_id in every if remote_id in written or label in named}


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
