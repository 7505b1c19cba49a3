"""The stages of a run follow from the waves of its actions; the forecast counts what they read."""

from __future__ import annotations

from reconciler.documents.specs import load_spec
from reconciler.engine.forecast import Circumstances, forecast
from reconciler.engine.stages import PHASE, slices, stages
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Action, Target

SPEC = load_spec("allegro")


def price(name: str, wave: int) -> Action:
    target = Target(key=Key("main", OFFER, name), remote_id=f"#{name}", before={}, after={"price.base": 1})
    return Action(id=name, kind=OFFER, operation="price", wave=wave, targets=(target,))


A, B, C = price("A", 30), price("B", 20), price("C", PHASE + 30)


def test_without_a_canary_all_is_one_stage() -> None:
    """Everything is checked before, sent, and read back."""
    (stage,) = stages([A, B])
    assert (stage.told, stage.actions, stage.first_look) == ("applying", (A, B), ((A, B),))
    assert not stage.is_canary


def test_a_canary_goes_before_the_rest() -> None:
    """All is checked before the canary leaves; the rest is not looked at again before it is sent."""
    canary, rest = stages([A, C, B])
    assert (canary.told, canary.actions, canary.first_look) == ("applying the canary", (A, B), ((A, C, B),))
    assert (rest.told, rest.actions, rest.first_look) == ("applying", (C,), ())
    assert (canary.is_canary, rest.is_canary) == (True, False)


def test_nothing_has_no_stage() -> None:
    """Neither of an apply nor of a resync."""
    assert stages([]) == slices([], 2) == ()


def test_slices_go_wave_by_wave_and_count_on() -> None:
    """Each request is checked by itself, and the progress says which ones are sent."""
    first, second = slices([A, B, C], 2)
    assert [first.actions, second.actions] == [(B, A), (C,)]
    assert first.first_look == ((B,), (A,))
    assert first.told == "sending again, requests 1 to 2 of 3"
    assert second.told == "sending again, requests 3 to 3 of 3"


def test_the_forecast_of_a_canary_reads_each_stage_back_and_looks_at_the_canary() -> None:
    """One list before, one after each stage, and the canary's offers in full."""
    labels = {f"#{each}": each for each in "ABC"}
    whole = forecast([A, B], SPEC, Circumstances(labels=labels)).requests
    phased = forecast([A, B, C], SPEC, Circumstances(labels=labels)).requests
    assert (whole["Offer.list"], phased["Offer.list"]) == (2, 3)
    assert ("Offer.detail" in whole, phased["Offer.detail"]) == (False, 2)
