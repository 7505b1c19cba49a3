"""From desired and live to a plan of one account: match, diff, guard, batch, order. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from reconciler.engine.allowance import Allowance
from reconciler.engine.allowance import told as told_of_days
from reconciler.engine.batch import batch
from reconciler.engine.by_module import by_module
from reconciler.engine.comparing import Differences, differences
from reconciler.engine.fees import told_of_unknown
from reconciler.engine.foreseeing import foreseen
from reconciler.engine.guard import judge, limits_of
from reconciler.engine.held import (
    Withheld,
    counted_as_held,
    hold_back,
    not_removed,
    roots_of,
    said,
    stood_for,
    unexplained,
)
from reconciler.engine.lasting import with_consequences
from reconciler.engine.match import Matched, match
from reconciler.engine.migrating import made_elsewhere
from reconciler.engine.open_orders import siblings_of
from reconciler.engine.ownership import not_foreign, protected_ends
from reconciler.engine.question import Question
from reconciler.engine.removal import Removed, removed
from reconciler.engine.renamed import perhaps_renamed
from reconciler.engine.renaming import in_new_names
from reconciler.engine.settling import overruled, set_apart
from reconciler.engine.source_guards import broken_sources, follows
from reconciler.engine.twins import held_back, twins
from reconciler.engine.unclear import without_unclear
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, stops, warning
from reconciler.model.memory import Compared
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.plan import AccountPlan, Problem
from reconciler.model.spec import MarketplaceSpec


class Planned(NamedTuple):
    """The plan of an account, what is to be said of it, and the pairs of which there is nothing to say at all.

    The plan has no forecast yet. `foreseen` gives it with a count of the requests so far, and with the forecast
    that goes with what is known of the catalogue by then: nothing else of a plan depends on either.
    """

    part: AccountPlan
    notes: tuple[Diagnostic, ...]
    quiet: tuple[tuple[Desired, Live], ...]
    foreseen: Callable[[Mapping[str, int]], AccountPlan]


def plan_account(
    desired: tuple[Desired, ...], snapshot: Snapshot, spec: MarketplaceSpec, question: Question
) -> Planned:
    """Plan one account. Refused plans and plans with errors are plans too: they are shown, and not applied."""
    desired = tuple({each.key: each for each in desired}.values())  # what is declared twice is held back
    known = {key: each.remote_id for key, each in question.managed.items()}
    desired, live, references = in_new_names(desired, snapshot.live, question.references, spec, known)
    snapshot, question = replace(snapshot, live=live), replace(question, references=references)
    whole = question.whole and not question.unread
    every, foreign = not_foreign(match(desired, snapshot.live, spec, known), question.foreign)
    every = stood_for(every, question.unusable, question.managed)
    matched = without_unclear(every)
    ours = {(key.kind, remote_id): key for key, remote_id in known.items()}
    alike = _twins(matched, ours, question, whole=whole)
    question = _with_siblings(question, matched, snapshot.live)
    found = differences(matched, spec, question, snapshot, alike)
    notes = (*found.notes, *_told_of_twins(found.held, alike, ours))
    claimed = {(OFFER, alike[each.key].remote_id) for each in found.held}
    gone = removed(matched.unmanaged, spec, question, snapshot, claimed, every.pairs)
    left = gone.left if whole else []  # a narrowed plan has not looked which of them have a document
    since = question.scope.now - timedelta(hours=spec.settling_hours)
    changes, settling = set_apart((*found.changes, *gone.changes), question.accepted, since)
    refused = protected_ends(changes, desired, snapshot.live, spec, question.protected, question.managed)
    problems = (*matched.diagnostics, *foreign, *notes, *gone.notes, *refused)
    roots = roots_of(snapshot.account, (*question.findings, *problems), question.unusable)
    held = _held(sorted(changes, key=_reading_order), roots, matched, question, spec)
    changes, declared = held.changes, [each.key for each in desired]
    problems = (
        *said(question, declared, held.lost),
        *problems,
        *_perhaps_renamed(found.changes, desired, gone, spec, question),
        *held.notes,
        *overruled(desired, changes, question.accepted, since),
        *(_of_the_whole(snapshot, question) if question.whole else ()),
        *_incomplete(snapshot),
    )
    part = _packed(changes, desired, snapshot, spec, question, broken=stops(problems))
    days = told_of_days(part, Allowance(spec, question.scope.now, question.spent))
    problems = (*problems, *told_of_unknown(changes, spec), *days)
    unclear = {each.key for each, _ in every.pairs} - {each.key for each, _ in matched.pairs}
    counted = counted_as_held(question, declared, held)
    found.tally.settles(settling)
    found.tally.refuse(changes, part.violations)
    undone = found.tally.told(unclear=unclear, held=(held_keys := {*counted, *(each.key for each in found.held)}))
    part = replace(
        part,
        unsynced=found.unsynced,
        settling=tuple(sorted(settling, key=lambda each: _reading_order(each.change))),
        compared=_compared(found, held) if snapshot.complete else (),
        unmanaged=tuple(_name(each) for each in left if _is_on_sale(each)),
        released=tuple(sorted(key for key in gone.released if key not in held.reasons)),
        held=counted,
        unread=tuple(each.file for each in question.unread) if question.whole else (),
        problem=_problem(problems),
        undone=undone,
        counts=_counts(desired, snapshot, changes, found.unsynced, left, question)
        | _more(by_module(matched.pairs, spec.kinds[OFFER], found.listed(settling), undone, held_keys), question),
    )
    quiet = _quiet(found, question, problems, held.reasons.keys() | held_keys | unclear)
    return Planned(part, problems, quiet, partial(foreseen, part, snapshot, spec, question))


def _more(counts: Mapping[str, int], question: Question) -> dict[str, int]:
    """Return counts with those of what is at rest."""
    return dict(Counter(counts) + Counter(question.at_rest.counts))


def _compared(found: Differences, held: Withheld) -> tuple[Compared, ...]:
    """Return what was compared and is not held back, in one order in whichever documents were looked at."""
    return tuple(sorted((e for e in found.compared if e.key not in held.reasons), key=lambda each: each.key))


def _quiet(
    found: Differences, question: Question, problems: Iterable[Diagnostic], held: Iterable[Key]
) -> tuple[tuple[Desired, Live], ...]:
    """Return the pairs of which nothing is said, and for which nothing is awaited."""
    spoken_of = {each.about for each in (*question.findings, *problems)}.union(held)
    spoken_of.update(each.target.key for each in question.accepted)
    return tuple(each for each in found.quiet if each[0].key not in spoken_of)


def _of_the_whole(snapshot: Snapshot, question: Question) -> Iterator[Diagnostic]:
    """Yield what only a plan of everything can say."""
    yield from unexplained(snapshot.account, question.findings, question.unusable)
    yield from not_removed(question.unread)
    yield from made_elsewhere(snapshot)


def _with_siblings(question: Question, matched: Matched, live: Iterable[Live]) -> Question:
    """Add what is known of articles that several offers sell."""
    scope = question.scope
    ours = (each for each in live if each.key in question.managed)
    found = siblings_of(matched.pairs, ours, scope.baseline, question.elsewhere, scope.now, scope.ahead)
    return replace(question, scope=replace(scope, siblings=found))


def _problem(problems: Iterable[Diagnostic]) -> Problem | None:
    """Return what stops the whole account: an error that is about no resource."""
    first = next((each for each in problems if stops([each])), None)
    return Problem(reason="documents", summary=first.summary, hint=first.hint) if first else None


def _held(
    changes: list[Change],
    roots: Mapping[Key, str],
    matched: Matched,
    question: Question,
    spec: MarketplaceSpec,
) -> Withheld:
    """Hold back what has errors, and what names something that is not there and will not be."""
    live_of = {desired.key: live for desired, live in matched.pairs}
    unsure = {each.about for each in matched.diagnostics if each.severity is Severity.ERROR}
    going = {each.key for each in changes}

    def is_missing(key: Key) -> bool:
        if key in unsure:
            return True
        if key in live_of:
            return live_of[key] is None
        return key.name not in question.references.get(key.kind, {})

    missing = {
        key: "it is not on the account, and is not created"
        for key, live in live_of.items()
        if live is None and key not in going and key not in roots and is_missing(key)
    }
    return hold_back(changes, roots, is_missing, missing, spec)


def assembled(
    changes: tuple[Change, ...],
    desired: Iterable[Desired],
    snapshot: Snapshot,
    spec: MarketplaceSpec,
    question: Question,
    *,
    broken: bool = False,
    judged: tuple[Change, ...] | None = None,
) -> AccountPlan:
    """Make a plan of changes, wherever they come from: judged, packed, counted and foretold.

    A broken one has no actions. `judged` are the changes that the guards look at, where these are not all of them.
    """
    part = _packed(changes, desired, snapshot, spec, question, broken=broken, judged=judged)
    return foreseen(part, snapshot, spec, question, snapshot.requests)


def _packed(
    changes: tuple[Change, ...],
    desired: Iterable[Desired],
    snapshot: Snapshot,
    spec: MarketplaceSpec,
    question: Question,
    *,
    broken: bool,
    judged: tuple[Change, ...] | None = None,
) -> AccountPlan:
    """Make a plan without its forecast."""
    desired = tuple(desired)
    labels = labels_of(desired)
    changes = tuple(replace(each, labels=found) if (found := labels(each.key)) else each for each in changes)
    changes = with_consequences(changes, desired, snapshot.live, spec, question.at_rest.uses)
    actions = () if broken else batch(question.counted(changes, "packing changes"), spec, question.plan_id)
    population = Counter(each.kind for each in snapshot.live)
    population[OFFER] += question.at_rest.offers
    population.update({follows(source): offers for source, offers in question.at_rest.stock_of.items()})
    population.update(
        follows(each.sourced.stock.source) for each in desired if each.sourced and each.sourced.stock
    )
    return AccountPlan(
        account=snapshot.account,
        marketplace=spec.name,
        login=question.login,
        site=question.site,
        seen_at=(question.seen_at or question.scope.now).isoformat(timespec="milliseconds"),
        spec_revision=spec.revision,
        complete=snapshot.complete,
        changes=changes,
        actions=actions,
        references=question.references,
        violations=(
            *broken_sources(desired, question.sources, question.allow),
            *judge(
                changes if judged is None else judged,
                population,
                question.guards,
                labels,
                spec,
                question.allow,
                question.base_market,
            ),
        ),
        population=dict(population),
        base_market=question.base_market,
        limits=limits_of(changes if judged is None else judged, question.guards, labels, question.allow),
        counts={"live": population[OFFER], "changed": len(changes)},
        reads=snapshot.requests,
        archived_days=spec.kinds[OFFER].archived_days,
        listing_hours=spec.kinds[OFFER].listing_hours,
    )


def _twins(
    matched: Matched, ours: Mapping[tuple[str, str], Key], question: Question, *, whole: bool
) -> Mapping[Key, Live]:
    """Find the twins of what is missing. What has a document is none, nor what may have: the managed of a part.

    Nor is what a creation has begun: it is gone on with.
    """
    missing = (desired for desired, live in matched.pairs if live is None)
    keys = {each.key for each in question.others}
    ids = {each.adopt for each in question.others if each.adopt}
    others = (
        each
        for each in matched.unmanaged
        if (whole or (each.kind, each.remote_id) not in ours)
        and each.key not in keys
        and each.remote_id not in ids
    )
    found = twins(missing, others)
    return {key: live for key, live in found.items() if live.facts.get("external_id") or not question.begun(key)}


def _told_of_twins(
    held: Iterable[Desired], alike: Mapping[Key, Live], ours: Mapping[tuple[str, str], Key]
) -> tuple[Diagnostic, ...]:
    return tuple(held_back(each, alike[each.key], ours.get((OFFER, alike[each.key].remote_id))) for each in held)


def _perhaps_renamed(
    changes: Iterable[Change],
    desired: Iterable[Desired],
    gone: Removed,
    spec: MarketplaceSpec,
    question: Question,
) -> tuple[Diagnostic, ...]:
    if not gone.lost:
        return ()
    created = {each.key for each in changes if each.verb is Verb.CREATE}
    baselines = question.remembered.baselines if question.remembered else {}
    return perhaps_renamed((each for each in desired if each.key in created), gone.lost, baselines, spec)


def _incomplete(snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    if snapshot.complete:
        return ()
    return (
        warning(
            "P103",
            f"the listing of account {snapshot.account} came out short or inconsistent",
            detail="nothing is created, ended or called missing on such a listing",
            hint="plan again in a few minutes",
        ),
    )


def labels_of(desired: Iterable[Desired]) -> Callable[[Key], Mapping[str, str]]:
    """Return how to find the labels of a resource."""
    labels = {each.key: each.labels for each in desired if each.labels}
    return lambda key: labels.get(key, {})


def labels_in(changes: Iterable[Change]) -> Callable[[Key], Mapping[str, str]]:
    """Return how to find the labels of what a plan changes."""
    labels = {each.key: each.labels for each in changes if each.labels}
    return lambda key: labels.get(key, {})


def _name(live: Live) -> str:
    return live.key.name if live.key else live.remote_id


def _is_on_sale(live: Live) -> bool:
    """Offers that have ended are history: a shop has thousands of them, and nobody misses their documents."""
    return live.kind == OFFER and live.fields.get("stock.status") != "ended"


def _reading_order(change: Change) -> tuple[bool, str, str]:
    return change.key.kind == OFFER, change.key.kind, change.key.name


def _counts(
    desired: tuple[Desired, ...],
    snapshot: Snapshot,
    changes: tuple[Change, ...],
    unsynced: tuple[Change, ...],
    left: list[Live],
    question: Question,
) -> dict[str, int]:
    counts = Counter(
        {
            "declared": _offers((*desired, *question.others)) + question.at_rest.offers,
            "live": sum(1 for each in snapshot.live if each.kind == OFFER) + question.at_rest.offers,
            "changed": len(changes),
            "unmanaged": sum(1 for each in left if _is_on_sale(each)),
        }
    )
    if question.narrowed:
        chosen = [each for each in desired if each.key not in question.along]
        counts["chosen"] = _offers(chosen)
        counts["chosen_objects"] = len(chosen) - counts["chosen"]
        counts["along"] = len(question.along)
        counts["not_selected"] = len(question.others)
        counts["chosen" if question.whole else "not_selected"] += question.at_rest.offers
    for change in unsynced:
        for each in change.fields:
            counts[f"unsynced.{each.module}"] += 1
    return dict(counts)


def _offers(desired: Iterable[Desired]) -> int:
    return sum(1 for each in desired if each.key.kind == OFFER)
