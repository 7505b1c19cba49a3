"""What changed inside nested values."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.gate import through
from reconciler.render.inner_text import inner_changes
from reconciler.render.value_text import one_line

from .samples import pln

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abż ", max_size=5), inner, max_size=4),
    max_leaves=12,
)


def test_parameters_item_by_item():
    found = inner_changes({"Kolor": ["biały"], "Stan": ["Nowy"]}, {"Kolor": ["biały", "szary"], "Marka": ["ACME"]})
    assert {(each.label, one_line(each.before), one_line(each.after)) for each in found} == {
        ("Kolor", "biały", "biały, szary"),
        ("Marka", "null", "ACME"),
        ("Stan", "Nowy", "null"),
    }


def test_money_stays_money():
    """So that a percentage can be told."""
    (found,) = inner_changes({"InPost": {"first": pln("9.99")}}, {"InPost": {"first": pln("11.49")}})
    assert (found.label, found.before, found.after) == ("InPost.first", pln("9.99"), pln("11.49"))


def told(before, after):
    return [(each.label, each.before, each.after, each.moved_from) for each in inner_changes(before, after)]


def test_another_order_is_said_as_such():
    """Only what has moved is named, and from where."""
    assert told(["a", "b", "c"], ["c", "a", "b"]) == [("#1", "c", "c", "#3")]


def test_an_image_that_is_replaced_is_no_image_that_moved():
    assert told(["a", "b"], ["a", "x"]) == [("#2", "b", "x", "")]
    assert told(["a", "b"], ["a"]) == [("#2", "b", None, "")]


def test_what_is_in_a_list_of_mappings():
    old = [{"name": "S", "price": pln("1")}, {"name": "M", "price": pln("2")}]
    new = [{"name": "S", "price": pln("1")}, {"name": "M", "price": pln("3")}]
    assert told(old, new) == [("#2.price", pln("2"), pln("3"), "")]


def test_an_inserted_section_is_one_difference():
    old = [[{"text": "<p>A</p>"}], [{"text": "<p>C</p>"}]]
    found = inner_changes(old, [old[0], [{"text": "<p>B</p>"}], old[1]])
    assert [(each.label, each.before) for each in found] == [("section 2", None)]


@given(values, values)
def test_any_two_values(before, after):
    for each in inner_changes(before, after):
        assert isinstance(each.label, str)
        assert "\n" not in through([one_line(each.after)])
