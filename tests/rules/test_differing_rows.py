"""Rows of one article that say different things of it: which, is told, but nothing of what is private."""

from __future__ import annotations

from pathlib import Path

import pytest
from sources.shop import erp, feed, shop
from world import offer

from reconciler.cli.main import run

COLUMNS = {
    "item": "text",
    "warehouse": "text",
    "net": {"type": "money", "currency": "PLN"},
    "cost": {"type": "money", "currency": "PLN", "private": True},
    "kind": {"type": "text", "private": True},
}
ROWS = ("A,W1,10.00,7.31,x", "A,W2,10.00,7.31,x", "A,W3,10.00,7.31,x", "A,W4,12.00,8.42,secret", "A,W5,,,x")


@pytest.mark.parametrize(
    ("price", "said", "shown"),
    [
        ({"formula": "erp.net"}, "`erp.net` of A is 10.00 in W1, 12.00 in W4, nothing in W5", ""),
        (
            {"formula": "erp.cost * 2"},
            "`erp.cost` of A is one in W1, another in W4, another in W5",
            "`erp.cost` of A is 7.31 in W1, 8.42 in W4, nothing in W5",
        ),
        (
            {"formula": "5 if erp.kind == 'x' else erp.net"},
            "`erp.kind` of A is one in W1, another in W4",
            "`erp.kind` of A is x in W1, secret in W4",
        ),
    ],
)
def test_what_differs_is_told_unless_it_is_private(
    price: dict[str, str], said: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = shop(tmp_path, erp(columns=COLUMNS, orders="none"), offer("A", price={"base": price}))
    feed(made, *ROWS, headings="item,warehouse,net,cost,kind")
    run(["-C", str(made.root), "plan"])
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    assert (
        "warning[P618]: a rule over erp comes to no price of 1 offer, left as it is: A"
        in printed.out + printed.err
    )
    if shown:
        assert not any(each in printed.out + printed.err for each in ("7.31", "8.42", "secret"))
        run(["-C", str(made.root), "explain", "A", "price.base", "--show-private"])
        assert shown in capsys.readouterr().out


def test_a_price_by_another_one_that_is_none_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not at all where the whole source is in trouble: that is told of the source."""
    price = {"base": {"formula": "erp.net"}, "allegro-cz": {"formula": "convert(base, 'CZK')", "rates": "nbp"}}
    columns = {"currency": "text", "rate": {"type": "money", "currency": "PLN"}}
    rates = erp(name="nbp", path="rates.csv", item="currency", columns=columns, orders="none")
    made = shop(tmp_path, erp(columns=COLUMNS, orders="none"), rates, offer("A", price=price))
    feed(made, "CZK,0.17", name="rates.csv", headings="currency,rate")
    for rows, told in ((ROWS, 1), (("A,W1,10.00",), 0)):
        feed(made, *rows, headings="item,warehouse,net,cost,kind")
        run(["-C", str(made.root), "plan"])
        printed = capsys.readouterr()
        assert (printed.out + printed.err).count("P618") == told
        assert "`base` has no value" not in printed.out + printed.err
