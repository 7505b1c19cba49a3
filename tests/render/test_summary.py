"""The summary on top: what a category manager has to know, and nothing where there is nothing to say."""

import pytest
from msgspec.structs import replace

from reconciler.model.changes import Lasting, Verb
from reconciler.render.gate import through
from reconciler.render.style import PLAIN, Style
from reconciler.render.summary_text import summary_text

from . import samples
from .goldens import check


def price(name, before, after):
    return samples.change(name, Verb.UPDATE, samples.field("price.base", samples.pln(before), samples.pln(after)))


def stock(name, before, after, **more):
    return samples.change(name, Verb.UPDATE, samples.field("stock.quantity", before, after, **more))


def told(*changes, **more):
    return through(summary_text(samples.account(*changes, archived_days=60, listing_hours=12, **more), PLAIN))


def month():
    list_ = replace(samples.rates(), uses=1204)
    new = replace(
        samples.new_offer(),
        lasting={
            Lasting.UNDELETABLE: (),
            Lasting.AFTER_LISTING: ("content.category",),
            Lasting.AFTER_SALE: ("content.title", "content.category"),
        },
    )
    gone = samples.change("wazon-stary", Verb.END, reason="its document was removed", number="77")
    paid = samples.change("kubek-9", Verb.UPDATE, samples.field("settings.promotion", None, {"package": "emphasized10d", "extras": []}))  # fmt: skip
    table = samples.change("rozmiary", Verb.CREATE, samples.field("name", None, "rozmiary"), kind="SizeTable")
    return (
        list_,
        replace(table, lasting={Lasting.UNDELETABLE: (), Lasting.AFTER_CREATION: ("template",)}),
        price("rondel", "149.00", "14.90"),
        price("susz", "25.11", "27.90"),
        stock("czajnik", 5, 9),
        stock("herbata", 5, 0),
        replace(gone, lasting={Lasting.ARCHIVED: ()}),
        new,
        replace(paid, lasting={Lasting.PAID: ("settings.promotion",)}),
        replace(paid, key=paid.key._replace(name="kubek-8"), lasting={Lasting.CYCLE_END: ("settings.promotion",)}),
    )


def test_a_month_in_short():
    check("summary.txt", summary_text(samples.account(*month(), archived_days=60, listing_hours=12), PLAIN))


def test_a_small_plan_has_none():
    assert told(price("a", "1", "2"), stock("b", 1, 2), samples.mugs()) == ""
    assert told() == ""
    assert told(*samples.template_edit(812)) == "  in short  812 to change\n"


def test_what_is_not_taken_back_is_said_of_the_smallest_plan():
    gone = replace(samples.change("wazon", Verb.END), lasting={Lasting.ARCHIVED: ()})
    assert told(gone) == ("  for good  end 1 offer: can be resumed within 60 days, and not later\n")


@pytest.mark.parametrize("word", Lasting)
def test_every_step_that_lasts_has_its_sentence(word):
    change = replace(samples.change("a", Verb.CREATE), lasting={word: ("content.category",)})
    assert told(change).startswith("  for good  ")


def test_what_is_held_back_is_not_summed_up():
    held = [stock(f"h-{n}", 5, 0, held=True) for n in range(9)]
    assert told(*held) == ""
    assert "to zero" not in told(*held, *samples.template_edit(9))


def test_prices_of_new_offers_are_no_moves():
    assert "prices" not in told(*[replace(samples.new_offer(), key=samples.new_offer().key._replace(name=f"n-{n}")) for n in range(5)])  # fmt: skip


def test_it_is_made_in_one_pass_of_thousands():
    changes = [price(f"a-{n}", "10", f"{11 + n % 7}") for n in range(20_000)]
    text = through(summary_text(samples.account(*changes), Style(colour=True)))
    assert "20,000 up" in text
