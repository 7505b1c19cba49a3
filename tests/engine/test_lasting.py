"""What of a change is not taken back, as the spec has it, and how many offers follow a change of an object."""

import pytest

from reconciler.documents.specs import load_spec
from reconciler.engine.lasting import with_consequences
from reconciler.model.changes import Change, FieldChange, Lasting, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live

SPEC = load_spec("allegro")


def change(kind, verb, *fields, name="a", remote_id="r-1", **more):
    told = tuple(FieldChange(path=p, module=Module.CONTENT, before=b, after=a, **more) for p, b, a in fields)
    return Change(key=Key("main", kind, name), verb=verb, remote_id=remote_id, fields=told)


def lasting(one):
    (found,) = with_consequences([one], (), (), SPEC)
    return dict(found.lasting)


NO_DELETE = ["DeliveryPriceList", "ImpliedWarranty", "Warranty", "ResponsibleProducer", "ResponsiblePerson", "AdditionalServices", "SizeTable"]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(set(SPEC.kinds) - {OFFER}))
def test_what_cannot_be_deleted_is_created_for_good(kind):
    found = lasting(change(kind, Verb.CREATE, ("name", None, "a")))
    assert (Lasting.UNDELETABLE in found) == (kind in NO_DELETE)
    assert not lasting(change(kind, Verb.UPDATE, ("name", "b", "a")))


def test_a_new_offer_names_what_is_fixed_later():
    fields = [("content.title", None, "Kubek"), ("content.category", None, "1"), ("stock.status", None, "active")]
    assert lasting(change(OFFER, Verb.CREATE, *fields)) == {
        Lasting.UNDELETABLE: (),
        Lasting.AFTER_LISTING: ("content.category",),
        Lasting.AFTER_SALE: ("content.title", "content.category"),
    }
    assert Lasting.UNDELETABLE not in lasting(change(OFFER, Verb.CREATE, *fields[:2]))
    assert not lasting(change(OFFER, Verb.CREATE, *fields, held=True))


def test_an_end_can_be_taken_back_for_a_while():
    assert lasting(change(OFFER, Verb.END, ("stock.status", "active", "ended"))) == {Lasting.ARCHIVED: ()}
    assert lasting(change(OFFER, Verb.END)) == {Lasting.ARCHIVED: ()}
    assert not lasting(change(OFFER, Verb.REPORT))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, {"package": "p", "extras": []}, {Lasting.PAID}),
        ({"package": "p", "extras": []}, {"package": "p", "extras": ["e"]}, {Lasting.PAID}),
        ({"package": "p", "extras": ["e"]}, {"package": "p", "extras": []}, {Lasting.CYCLE_END}),
        ({"package": "p", "extras": []}, None, {Lasting.CYCLE_END}),
        ({"package": "p", "extras": []}, {"package": "q", "extras": []}, {Lasting.PAID, Lasting.CYCLE_END}),
    ],
)
def test_promotion_is_charged_and_runs_out_with_its_cycle(before, after, words):
    found = lasting(change(OFFER, Verb.UPDATE, ("settings.promotion", before, after)))
    assert set(found) == words
    assert all(paths == ("settings.promotion",) for paths in found.values())


def test_the_offers_that_use_an_object_are_counted_as_they_will_be():
    def live(n, label, **more):
        key = Key("main", OFFER, f"o-{n}") if n < 10 else None
        return Live(key=key, kind=OFFER, remote_id=str(n), fields={"delivery.prices": label, **more})

    def wanted(n, label):
        return Desired(key=Key("main", OFFER, f"o-{n}"), fields={"delivery.prices": label})

    there = [
        live(1, "paczkomaty"),
        live(2, "paczkomaty"),
        live(3, "kurier"),
        live(4, "#r-1"),
        live(11, "paczkomaty"),
        live(12, "paczkomaty", **{"stock.status": "ended"}),
    ]
    declared = [wanted(2, "kurier"), wanted(3, "paczkomaty"), wanted(5, "paczkomaty")]
    lists = [change("DeliveryPriceList", Verb.UPDATE, ("methods", {}, {}), name="paczkomaty")]
    (found,) = with_consequences(lists, declared, there, SPEC)
    assert found.uses == 5  # 1, 3, 4 by its number, 5 which is new, and 11 which has no document
