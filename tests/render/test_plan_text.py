"""What a reviewer sees. The golden files hold the whole text; the tests below, one promise each."""

import re
import time

import pytest
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Breach, Forecast, Violation
from reconciler.render.gate import through
from reconciler.render.plan_text import plan_text
from reconciler.render.style import PLAIN, Style, visible
from reconciler.render.totals import acts

from . import samples
from .goldens import check

COLOUR = Style(colour=True)


def drawn(plan, style=PLAIN, **more):
    return through(plan_text(plan, style, **more))


def test_a_week_of_work():
    check("week.txt", plan_text(samples.week(refused=False), PLAIN, following="reconcile apply plan.json"))


def _price(after):
    return FieldChange(
        path="price.base", module=Module.PRICE, before=samples.pln("49.99"), after=samples.pln(after)
    )


def test_what_is_done_to_one_offer_stands_together_whatever_its_account():
    """`--by offer`: each change once, with its account, those of one name one behind the other."""
    pairs = [("main", "42.00"), ("outlet", "39.00")]
    parts = []
    for name, price in pairs:
        rows = [
            replace(samples.change(key, Verb.UPDATE, _price(price)), key=Key(name, OFFER, key))
            for key in ("A", "B")
        ]
        parts.append(samples.account(*rows, name=name))
    lines = drawn(samples.plan(*parts), by_offer=True).splitlines()
    heads = [line.strip() for line in lines if line.startswith("  ~ ")]
    assert heads == ["~ A on main", "~ A on outlet", "~ B on main", "~ B on outlet"]
    assert sum("49.99 PLN -> 39.00 PLN" in line for line in lines) == 2
    assert any(line.startswith("Account outlet") for line in lines)


def test_a_refused_week_with_what_is_not_synced():
    check("refused.txt", plan_text(samples.week(), PLAIN, show_unsynced=True))


def test_in_colour():
    plan = samples.plan(samples.account(samples.mugs(), samples.nested()))
    check("colour.txt", plan_text(plan, COLOUR))


def test_everything_with_verbose():
    plan = samples.plan(samples.account(samples.nested(), samples.new_offer(), *samples.template_edit(6)))
    check("verbose.txt", plan_text(plan, PLAIN, verbose=True))


def test_nothing_to_do():
    check("quiet.txt", plan_text(samples.quiet(), PLAIN))


def test_what_settles_is_told_and_is_nothing_to_do():
    check("settling.txt", plan_text(samples.settling(), PLAIN, verbose=True))
    brief = drawn(samples.settling())
    assert "3 fields of 2 offers were accepted at 2026-11-23 10:05 and do not show yet; nothing is sent" in brief
    assert "kubek-acme-300, talerz-27" in brief
    assert "match the documents" not in brief


def test_colours_change_nothing_but_colours():
    """Without its escapes a coloured plan says the same, but for the word diff's brackets."""
    plan = samples.plan(samples.account(samples.rates(), *samples.template_edit(5), *samples.small()))
    bare = re.sub(r"\x1b\[[0-9;]*m", "", drawn(plan, COLOUR))
    assert bare == drawn(plan)
    assert visible(COLOUR("removed", "Żół")) == 3


def test_an_incomplete_listing_never_says_that_all_is_well():
    plan = samples.plan(samples.account(complete=False))
    text = drawn(plan)
    assert "came out short" in text
    assert "match the documents" not in text


def test_held_fields_are_no_changes():
    field = samples.field("content.title", "Stary tytuł oferty", "Nowy tytuł oferty", held=True)
    text = drawn(samples.plan(samples.account(samples.change("a", Verb.UPDATE, field), forecast=Forecast())))
    assert "Nothing to apply." in text
    assert "1 field held back because content is manual: --only content would include that." in text
    assert "(manual: apply with --only content)" in text


def test_few_alike_are_shown_one_by_one_and_many_once():
    """Three lines are read faster than a summary of them."""
    assert "all alike" not in drawn(samples.plan(samples.account(*samples.template_edit(3))))
    many = drawn(samples.plan(samples.account(*samples.template_edit(800))))
    assert "800 offers, all alike" in many
    assert many.count("zwroty-14 -> zwroty-30") == 1
    assert "kubek-zima-000" in many
    assert "kubek-zima-799" in drawn(samples.plan(samples.account(*samples.template_edit(800))), verbose=True)


def test_what_differs_in_one_value_is_not_alike():
    changes = [
        samples.change(
            f"o-{n}", Verb.UPDATE, samples.field("price.base", samples.pln("10"), samples.pln(f"{11 + n}"))
        )
        for n in range(6)
    ]
    assert "all alike" not in drawn(samples.plan(samples.account(*changes)))


def prices(count):
    return [
        samples.change(
            f"ACM-{n:04}",
            Verb.UPDATE,
            samples.field(
                "price.base",
                samples.pln(f"{n + 40}.99"),
                samples.pln(f"{n + 44}.49"),
                at=Mark("offers/kubki.yaml", 14 + 20 * n),
                drift=n == 2,
            ),
            number=str(7_780_000_000 + n),
            title=f"Kubek ceramiczny ACME wzór nr {n} do kawy i herbaty",
            at=Mark("offers/kubki.yaml", 1 + 20 * n),
        )
        for n in range(count)
    ]


def test_one_field_of_many_offers_is_a_table():
    """A price list is read as one: every row is there, with its title and its place."""
    check(
        "table.txt", plan_text(samples.plan(samples.account(samples.rates(), *prices(6), *samples.small())), PLAIN)
    )
    assert "offers: price.base" not in drawn(samples.plan(samples.account(*prices(3))))
    assert "offers: price.base" not in drawn(samples.plan(samples.account(*prices(6))), verbose=True)


def test_what_stands_alone_keeps_its_place():
    """Two that happen to say the same are not moved together."""
    one, two, other = (
        samples.change(name, Verb.UPDATE, samples.field("content.category", "1", after), title="x")
        for name, after in (("a", "2"), ("c", "2"), ("b", "3"))
    )
    text = drawn(samples.plan(samples.account(one, other, two)))
    assert [line.split()[1] for line in text.splitlines() if line.startswith("  ~")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("149.00", "14.90", "149.00 PLN -> 14.90 PLN  (-90.0 %)"),
        ("10.00", "10.05", "(+0.5 %)"),
        ("100.00", "100.01", "(+0.0 %)"),
        ("1.00", "100.00", "(+9,900.0 %)"),
        ("0", "5.00", "0 PLN -> 5.00 PLN"),
    ],
)
def test_percent(before, after, said):
    field = samples.field("price.base", samples.pln(before), samples.pln(after))
    assert said in drawn(samples.plan(samples.account(samples.change("a", Verb.UPDATE, field))))


def test_guards_name_rule_rows_and_the_way_out():
    rows = tuple(Breach(key=Key("main", OFFER, f"o-{n}")) for n in range(120))
    broken = Violation(rule="ends", message="ended in one plan: 100 offers at most, 120 here", rows=rows)
    text = drawn(samples.plan(samples.account(*samples.small(), violations=(broken, *samples.violations()))))
    assert "--allow ends=120 --allow price-shift --allow price-change=91" in text
    assert "… and 112 more (-v lists all)" in text
    allowed = drawn(samples.plan(samples.account(*samples.small(), violations=(replace(broken, allowed=True),))))
    assert "Refused" not in allowed
    assert "was lifted for 120 rows" in allowed


def test_a_box_leads_to_the_row_whatever_its_kind():
    """Account where there are several, name, the very number, both values, and the line."""
    broken = (*samples.violations(), *samples.slips())
    first = samples.account(*samples.small(), violations=broken)
    lone = samples.plan(first)
    both = samples.plan(first, replace(first, account="outlet", violations=()))
    check("guards.txt", (*plan_text(lone, PLAIN), "", "=== two accounts ===", "", *plan_text(both, PLAIN)))


def test_thousands_of_nested_changes_are_all_shown():
    def one(number):
        fields = samples.field(
            "content.parameters", {"Kolor": ["a"], "Nr": [str(number)]}, {"Kolor": ["b"], "Nr": [str(number + 1)]}
        )
        return samples.change(f"o-{number}", Verb.UPDATE, fields)

    text = drawn(samples.plan(samples.account(*map(one, range(100)))))
    assert all(re.search(rf"~ Nr +{n} -> {n + 1}$", text, re.MULTILINE) for n in range(100))


def test_ten_thousand_changes_are_drawn_fast():
    """A tenth of the time that is allowed is usual; ten times of it means that something became quadratic."""
    changes = [
        samples.change(
            f"o-{n}",
            Verb.UPDATE,
            samples.field(
                "price.base",
                samples.pln(f"{n + 10}.99"),
                samples.pln(f"{n + 12}.49"),
                at=Mark("offers/a.yaml", n + 1),
            ),
            samples.field(
                "content.title",
                f"Kubek ceramiczny ACME {n} ml",
                f"Kubek porcelanowy ACME {n} ml do herbaty i kawy nr {n}",
            ),
            at=Mark("offers/a.yaml", 1),
        )
        for n in range(10_000)
    ]
    plan = samples.plan(samples.account(*changes))
    begun = time.process_time()
    lines = sum(1 for _ in plan_text(plan, COLOUR))
    assert lines > 30_000
    assert time.process_time() - begun < 10


def test_what_is_let_go_is_something_to_do_and_is_named():
    """No request is sent for it, and an apply makes a difference all the same."""
    names = [Key("main", OFFER, f"kubek-{number}") for number in range(4)] + [Key("main", "OfferTag", "lato")]
    plan = samples.plan(replace(samples.account(), released=tuple(names)))
    text = drawn(plan)
    assert (
        "Released: 5 resources are kept on the account and managed no longer: kubek-0, kubek-1, kubek-2 … and 2 more"
        in text
    )
    assert "OfferTag/lato" in drawn(plan, verbose=True)
    assert "Plan: 5 to release." in text
    assert "No changes" not in text
    assert acts(plan)
    assert not acts(samples.plan(samples.account()))


def test_a_rename_says_both_names():
    """It has a sign of its own, and is counted apart."""
    change = Change(
        key=Key("main", OFFER, "nowy"),
        verb=Verb.RENAME,
        remote_id="17",
        fields=(FieldChange(path="external_id", module=None, before="stary", after="nowy"),),
        moved_from="stary",
    )
    text = drawn(samples.plan(samples.account(change)))
    assert "=> nowy" in text
    assert "stary -> nowy" in text
    assert "Plan: 1 to rename." in text
    assert "=> rename" in text


def test_a_field_that_changes_share_is_lost_in_none():
    """What is taken out of some changes, to stand with what is alike, stays in the others."""
    shared = FieldChange(path="settings.invoice", module=Module.SETTINGS, before="vat", after="without_vat")
    own = [replace(shared, path="settings.safety", after=f"text {number}" * 9) for number in range(7)]
    alike = [samples.change(name, Verb.UPDATE, shared, own[number]) for number, name in enumerate("ABCDEF")]
    apart = samples.change("Z", Verb.UPDATE, shared, own[6], reason="it was renamed")
    assert drawn(samples.plan(samples.account(*alike, apart))).count("vat -> without_vat") == 2
