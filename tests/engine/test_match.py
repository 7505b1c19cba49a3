"""Which live resource is which document."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.engine.match import match

from .build import SPEC, desired, key, live


def test_a_key_finds_its_offer_and_the_rest_is_unmanaged() -> None:
    """Documents and offers pair by key; others are left over on both sides."""
    found = match([desired("A"), desired("N")], [live("A", remote_id="1"), live("B", remote_id="2")], SPEC, {})
    assert [(d.key.name, there and there.remote_id) for d, there in found.pairs] == [("A", "1"), ("N", None)]
    assert [each.remote_id for each in found.unmanaged] == ["2"]


def test_a_key_on_two_offers_is_an_error_that_names_both() -> None:
    """Two offers with one key are never guessed at: no pair, both ids in the message, neither unmanaged."""
    twins = [live("A", remote_id="11"), live("A", remote_id="22")]
    found = match([desired("A")], twins, SPEC, {})
    assert not found.pairs
    assert not found.unmanaged
    [problem] = found.diagnostics
    assert problem.code == "P101"
    assert "11" in problem.summary
    assert "22" in problem.summary


def test_adopt_settles_a_doubled_key() -> None:
    """`adopt` names one of the two; the other is unmanaged."""
    twins = [live("A", remote_id="11"), live("A", remote_id="22")]
    found = match([desired("A", adopt="22")], twins, SPEC, {})
    assert [there and there.remote_id for _, there in found.pairs] == ["22"]
    assert [each.remote_id for each in found.unmanaged] == ["11"]
    assert not found.diagnostics


def test_adopting_what_is_not_there_is_an_error() -> None:
    """An id that is not on the account is a mistake, not a creation."""
    found = match([desired("A", adopt="99")], [live("B", remote_id="1")], SPEC, {})
    assert [each.code for each in found.diagnostics] == ["P102"]
    assert not found.pairs


def test_one_offer_is_never_two_documents() -> None:
    """Two documents that claim one offer, by key and by adopt, are a mistake: it would be written twice."""
    found = match([desired("A"), desired("B", adopt="1")], [live("A", remote_id="1")], SPEC, {})
    assert found.diagnostics


def test_an_offer_without_a_key_answers_to_its_id() -> None:
    """Where the marketplace holds no key, the offer's own id is it: what `pull` writes matches what is there."""
    there = replace(live("17", remote_id="17"), facts={"external_id": None})
    assert [found for _, found in match([desired("17")], [there], SPEC, {}).pairs] == [there]


def test_a_bundle_is_known_by_its_members_and_remembered_by_its_id() -> None:
    """A bundle without a name is found by its offers; after they change, by what we remember."""
    slots = [{"offers": ["A"], "quantity": 1, "entry": True}, {"offers": ["B"], "quantity": 1, "entry": False}]
    other = [{"offers": ["A"], "quantity": 1, "entry": True}, {"offers": ["C"], "quantity": 1, "entry": False}]
    there = live(None, {"slots": slots}, remote_id="b1", kind="Bundle")
    document = desired("zestaw", {"slots": slots}, kind="Bundle")
    changed = desired("zestaw", {"slots": other}, kind="Bundle")
    assert match([document], [there], SPEC, {}).pairs[0][1] is there
    assert match([changed], [there], SPEC, {}).pairs[0][1] is None
    assert match([changed], [there], SPEC, {key("zestaw", "Bundle"): "b1"}).pairs[0][1] is there
