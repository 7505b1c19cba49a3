"""The pictures of the documentation are drawn again from a fresh demo, and show what the page shows today."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from e2e.shell import reconcile

from reconciler.render.html.page import sentences

from .drawing import ALL, PICTURES, differences, draw, make_pages, said_of

ROOT = PICTURES.parents[1]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    return make_pages(folder, lambda where, *arguments: reconcile(where, *arguments).out)


@pytest.mark.parametrize("picture", ALL, ids=[each.name for each in ALL])
def test_a_picture_shows_the_page_of_today(browser, pages, picture, tmp_path):
    kept = PICTURES / f"{picture.name}.png"
    drawn = draw(browser, pages[picture.page], picture, tmp_path)
    assert differences(drawn, said_of(kept)) == [], f"`make pictures` draws {kept.name} again"
    assert said_of(kept)["picture"] == hashlib.sha256(kept.read_bytes()).hexdigest(), (
        "not the picture that was made"
    )
    sizes = {(file.read_bytes()[16:24]) for file in (kept, tmp_path / kept.name)}  # of the header of a PNG
    assert sizes == {picture.width.to_bytes(4) + picture.height.to_bytes(4)}


def test_what_a_plan_of_the_demo_says_is_in_polish(pages):
    plan = json.loads((next(iter(pages.values())).parent / "plan.json").read_text("utf-8"))
    said = [each[part] for each in plan["diagnostics"] for part in ("summary", "detail", "hint")]
    known = [
        re.compile(re.sub(r"\\\{\d\\\}", "(.+)", re.escape(english)), re.DOTALL) for english, _ in sentences("pl")
    ]
    lines = [line for each in said for line in each.splitlines()]
    assert [each for each in lines if not any(one.fullmatch(each) for one in known)] == []
    assert len({each["code"] for each in plan["diagnostics"]}) > 7


def test_each_picture_is_shown_and_each_that_is_shown_is_drawn():
    shown = {
        (page.parent / path).resolve()
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for path in re.findall(r"!\[[^\]]*\]\(((?:[\w./-]*/)?pictures/[^)]+)\)", page.read_text("utf-8"))
    }
    assert shown == {PICTURES / f"{each.name}.png" for each in ALL}
    assert {Path(each.name).stem for each in PICTURES.iterdir()} == {each.name for each in ALL}


def test_what_is_compared_is_what_was_changed():
    kept = said_of(PICTURES / "plan-en.png")
    heading = next(each for each in kept["elements"] if each[0] == "h2")
    histogram = next(each for each in kept["charts"] if "histogram" in each["of"])
    card = next(each for each in kept["elements"] if each[0].startswith("section.card"))
    for one, part, value in (
        (heading, 1, "Another heading"),
        (heading, 6, "rgb(0, 0, 0)"),
        (card, 4, card[4] - 20),
        (histogram, "data", histogram["data"][1:]),
        (histogram, "paint", {**histogram["paint"], "red": histogram["paint"]["red"] * 0.75}),
    ):
        changed = said_of(PICTURES / "plan-en.png")
        for place in (*changed["elements"], *changed["charts"]):
            if place == one:
                place[part] = value
        assert len(differences(changed, kept)) >= 1, (part, value)
    assert differences(kept, kept) == []
