"""A map says which article an offer is: where it cannot be read, nothing that it decides is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world

from reconciler.cli.main import run
from sources.shop import erp, feed, shop, values

DAMAGES = {
    "a line without an article": "offer,item\nA,X\nB,Y\nC,\n",
    "no headings": "A,X\nB,Y\n",
    "two articles of an offer": "offer,item\nA,X\nA,Y\nB,Y\n",
    "a quote that does not end": 'offer,item\nA,X\nB,"Y\n',
    "empty": "",
    "a last line without its end": "offer,item\nB,Y\nA,X",
    "a line with more cells": "offer,item\nB,Y\nA,X,2\n",
    "a line with less": "offer,item\nA\nB,Y\n",
    "a heading twice": "offer,item,item\nA,X,A\nB,Y,B\n",
    "a letter of no text": "offer,item\nA,X\nB,Y\x00\n",
    "gone": None,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("missing", ["error", "keep", "zero"])
def test_a_map_that_cannot_be_read_writes_nothing(missing: str, damage: str, tmp_path: Path) -> None:
    """`A` is the name of another article as well; without the map that one's number and price are nobody's."""
    source = erp(map="map.csv", missing=missing, end="END", columns=COLUMNS)
    follow: dict[str, Any] = {"stock": {"from": "erp"}, "price": {"base": {"formula": "erp.net"}}}
    made = shop(tmp_path, source, world.offer("A", **follow), world.offer("B", **follow), live=2)
    feed(made, "X,3,50.00", "Y,4,60.00", "A,99,39.00", "END,0,0", headings="item,quantity,net")
    map_ = made.write("map.csv", "offer,item\nA,X\nB,Y\n")
    assert run(["-C", str(tmp_path), "apply", "--auto-approve"]) == 0
    before = standing(made)
    assert before == {"A": (3, "50.00", "ACTIVE"), "B": (4, "60.00", "ACTIVE")}
    text = DAMAGES[damage]
    if text is None:
        map_.unlink()
    else:
        map_.write_text(text)
    assert run(["-C", str(tmp_path), "apply", "--auto-approve"]) == 1
    assert standing(made) == before
    assert "D607" in {each.code for each in made.plan().diagnostics}


COLUMNS = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}


def standing(made: world.World) -> dict[str, tuple[int, str, str]]:
    """Pieces, price and state of each offer."""
    return {
        body["external"]["id"]: (
            body["stock"]["available"],
            body["sellingMode"]["price"]["amount"],
            body["publication"]["status"],
        )
        for body in made.stored().values()
    }


def test_a_map_as_programs_write_it(tmp_path: Path) -> None:
    """A mark of UTF-8, quotes, further columns, blanks, and a line that stands there twice mean nothing else."""
    made = shop(tmp_path, erp(map="map.csv"), world.offer("A", stock={"from": "erp"}))
    feed(made, "X,3", "A,99")
    made.write("map.csv", '\ufeffitem,offer,name\r\n"X", A ,"a, b"\r\nX,A,c\r\n\r\nX,A,c\r\n')
    assert values(made.plan(), "A") == {"stock.quantity": 3}
