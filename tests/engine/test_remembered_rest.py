"""What a plan does not say again, since it is remembered, stays remembered: of all but price and stock. Pure."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.engine.diff import Scope, diff
from reconciler.engine.memory import Recollection, RunFacts, compare, fingerprint, remember
from reconciler.model.memory import Baseline, Compared, Written
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.resting import RestShape
from reconciler.model.values import Money

from .build import NOW

KIND = load_spec("allegro").kinds[OFFER]
KEY = Key("main", OFFER, "A")
OLD, NEW = Money.parse("10.00 PLN"), Money.parse("12.00 PLN")
FIELDS = {"content.title": "Talerz do zupy", "settings.invoice": "vat", "price.base": OLD}
DEARER = Desired(key=KEY, fields={**FIELDS, "price.base": NEW})
OTHER = Desired(key=KEY, fields={**FIELDS, "price.base": NEW, "content.title": "Miska do zupy"})
LIVE = Live(key=KEY, kind=OFFER, remote_id="1", fields=FIELDS)
RUN = RunFacts(purpose="apply", project="p", run_id="r", at="2026-01-01T00:00:00+00:00")


def remembered(seen: Compared | None, before: Baseline | None, *wrote: str, wanted: Desired = DEARER) -> Baseline:
    """What is remembered of A when a run has written these fields."""
    after = {path: wanted.fields[path] for path in wrote}
    written = {KEY: Written(remote_id="1", after=after)} if wrote else {}
    return remember([seen] if seen else [], written, lambda _key: before, RUN).baselines[KEY]


def seen_of(desired: Desired, before: Baseline | None) -> Compared:
    known = Recollection(baselines={KEY: before} if before else {}, managed={})
    found = compare(desired, LIVE, diff(desired, LIVE, KIND, Scope(now=NOW)), KIND, known)
    assert found is not None
    return found


FIRST = Desired(key=KEY, fields=FIELDS)
BASELINE = remembered(seen_of(FIRST, None), None)


def test_all_is_told_once() -> None:
    assert seen_of(FIRST, None).equal.keys() == FIELDS.keys()
    seen = seen_of(DEARER, BASELINE)
    assert (dict(seen.equal), seen.differ, seen.rest_known) == ({}, ("price.base",), True)
    assert seen_of(OTHER, BASELINE).equal.keys() == {"settings.invoice"}


def test_of_the_numbers_alone_the_same_is_told() -> None:
    """An offer whose price and stock alone were looked at is compared as it would be as a whole."""
    numbers = replace(DEARER, fields={"price.base": NEW}, besides=RestShape())
    assert seen_of(numbers, BASELINE) == seen_of(DEARER, BASELINE)
    assert fingerprint(numbers, BASELINE.fingerprint) == fingerprint(DEARER)


def test_what_is_written_joins_what_was_remembered() -> None:
    now = remembered(seen_of(DEARER, BASELINE), BASELINE, "price.base")
    assert now == remembered(seen_of(DEARER, None), None, "price.base")
    assert now.fingerprint == fingerprint(DEARER)


def test_so_it_does_when_it_is_remembered_in_two_steps() -> None:
    """A run remembers what was equal before it has written anything."""
    seen = seen_of(DEARER, BASELINE)
    first = remembered(seen, BASELINE)
    assert first.fingerprint == fingerprint(DEARER)[:16]
    assert remembered(seen, first, "price.base") == remembered(seen, BASELINE, "price.base")


@pytest.mark.parametrize(
    "before",
    [
        None,
        replace(BASELINE, fingerprint=""),
        replace(BASELINE, fingerprint=fingerprint(OTHER)),
        replace(BASELINE, remote_id="2"),
    ],
)
def test_where_it_is_remembered_no_more_not_all_is_true(before: Baseline | None) -> None:
    seen = seen_of(DEARER, BASELINE)
    assert remembered(seen, before, "price.base").fingerprint == ""


def test_of_a_text_that_was_not_written_nothing_is_true() -> None:
    seen = seen_of(OTHER, BASELINE)
    assert remembered(seen, BASELINE, "price.base", wanted=OTHER).fingerprint == ""
    assert remembered(seen, BASELINE, "content.title", wanted=OTHER).fingerprint == fingerprint(OTHER)[:16]
    assert remembered(seen, BASELINE, "price.base", "content.title", wanted=OTHER).fingerprint == fingerprint(
        OTHER
    )
