"""The page as it is read, in a real Chromium: each test also sees that nothing was asked for and nothing failed."""

import re

import pytest
from render import samples

from reconciler.model.values import Money

from .test_page_data import HOSTILE, hostile_plan

SLIP = "kubek-acme-300"


def in_sight(page, locator):
    box = locator.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_the_slip_is_on_the_first_screen(opened, week):
    page = opened(week).page
    line = page.locator(".urgent li").first
    assert in_sight(page, line)
    assert re.sub(r"\s+", " ", line.inner_text()).startswith(f"{SLIP} 149.00 PLN → 14.90 PLN -90 %")
    assert page.locator(".verdict").inner_text().startswith("Refused by price-shift, price-change")
    assert in_sight(page, page.locator(".scatter canvas"))


def test_search_filter_and_sort(opened, week):
    one = opened(week)
    page = one.page
    assert SLIP in one.rows()[0]
    page.fill("#search", "porcelanowy")
    assert (one.count(), SLIP in one.rows()[0]) == ("1 row", True)
    page.keyboard.press("Escape")
    page.select_option("select[aria-label='All modules']", "stock")
    assert all("stock" in each or "status" in each for each in one.rows()), one.rows()
    page.click("text=Show everything")
    page.check("input[type=checkbox]")
    must = one.rows()
    assert 1 <= len(must) < 10
    page.click("text=Show everything")
    page.click(".head .change button")
    assert "-90 %" in one.rows()[0]
    page.click(".head .change button")
    assert "-90 %" not in one.rows()[0]


def test_a_row_opens_to_both_sides(opened, week):
    page = opened(week).page
    page.click(".urgent li button")
    assert page.locator("dialog.detail h2").inner_text().startswith("Kubek ceramiczny")
    assert page.locator(".detail del").all_inner_texts()[0] == "149.00"
    assert page.locator(".detail ins", has_text="porcelanowy").count() == 1
    assert "a decimal point has moved" in page.locator(".detail").inner_text()


def test_the_keyboard(opened, week):
    page = opened(week).page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("[aria-selected=true]").get_attribute("data-at") == "2"
    page.keyboard.press("k")
    page.keyboard.press("o")
    first = page.locator("#detail-name").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("dialog.detail").is_visible()
    page.keyboard.press("?")
    assert page.locator("dialog.help").is_visible()
    assert first


def test_a_point_and_a_bar_filter_the_table(opened, week):
    one = opened(week)
    page = one.page
    over = page.locator(".scatter .u-over")
    place = page.evaluate(
        "(() => { const p = document.querySelector('.scatter .chart').plot; return [p.valToPos(149, 'x'), p.valToPos(14.9, 'y')]; })()"
    )
    over.click(position={"x": place[0], "y": place[1]})
    assert page.locator(".chips").inner_text().startswith(SLIP)
    assert all(SLIP in each for each in one.rows())
    page.click("text=Show everything")
    bars = page.locator(".histogram .u-over")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 40, steps=3)
    page.mouse.up()
    assert "-90 %" in one.rows()[0]
    assert "price moves" in page.locator(".chips").inner_text()


RED = """(shares) => {
  const plot = document.querySelector(".histogram .chart").plot;
  const { top, height } = plot.bbox, wide = plot.ctx.canvas.width;
  const { data } = plot.ctx.getImageData(0, top, wide, height);
  return shares.map((share) => {
    const x = Math.floor(plot.valToPos(share, "x", true));
    let red = 0;
    for (let y = 0; y < height; y += 1) red += data[4 * (y * wide + x) + 3] > 90 && data[4 * (y * wide + x)] > 2 * data[4 * (y * wide + x) + 1] ? 1 : 0;
    return red / height;
  });
}"""


def test_the_histogram_has_the_lines_of_the_guard(opened, week, written):
    page = opened(week).page
    assert "Beyond the dashed lines a guard refuses (±50 %)." in page.locator(".histogram").inner_text()
    low, high, between = page.evaluate(RED, [-50, 50, 30])
    assert 0.3 < low < 0.8
    assert 0.3 < high < 0.8
    assert between == 0
    move = samples.change("k", samples.Verb.UPDATE, samples.field("price.base", samples.pln(10), samples.pln(11)))
    free = opened(written(samples.plan(samples.account(move)), name="free")).page
    assert "dashed" not in free.locator(".histogram").inner_text()


def test_a_title_of_script_is_a_title(opened, written):
    one = opened(written(hostile_plan(), name="hostile"))
    one.page.click(".body .row")
    assert one.page.locator(".detail h2").inner_text() == HOSTILE.replace("\u202e", "\\u202e")
    assert one.page.locator(".detail img, .detail script").count() == 0


def test_polish(opened, written):
    one = opened(written(samples.week(), "pl", name="week"))
    text = re.sub(r"\s+", " ", one.page.locator("main").inner_text())
    for said in (
        "Przeczytaj koniecznie",
        "149,00 PLN → 14,90 PLN",
        "przesunięty przecinek dziesiętny",
        "cena",
        "Wstrzymane przez",
    ):
        assert said in text
    assert "149.00" not in text
    page = one.page
    page.click(".findings summary")
    found = re.sub(r"\s+", " ", page.locator(".findings").inner_text())
    assert "P301 pole się różni, a nie można go już zmienić `content.category` w garnek-5l" in found
    page.click(".urgent li button >> nth=0")
    assert "cena zmienia się bardziej, niż wolno (limit 50 %)" in re.sub(
        r"\s+", " ", page.locator(".detail").inner_text()
    )


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_phone(opened, written, language, dark):
    page = opened(written(samples.week(), language, name="week"), width=360, height=740, dark=dark).page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".urgent li .name").first.inner_text() == SLIP
    assert all(card.bounding_box()["width"] > 330 for card in page.locator(".card").all())
    page.click(".body .row >> nth=0")
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 360


CONTRAST = """() => {
  const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map((c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (el) => { for (let e = el; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (/^rgb\\(/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  const found = [];
  for (const el of document.querySelectorAll("main *")) {
    if (![...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !el.offsetParent) continue;
    const [one, other] = [light(getComputedStyle(el).color), light(ground(el))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) found.push([el.className, el.textContent.slice(0, 30), ratio]);
  }
  return found;
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(opened, week, dark):
    assert opened(week, dark=dark).page.evaluate(CONTRAST) == []


def test_print_has_what_must_be_read_and_rows_on_paper(opened, week):
    page = opened(week).page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#printed .row").count() == 301
    assert page.locator(".urgent").is_visible()
    assert not page.locator(".tools").is_visible()
    assert "The first 300 of" in page.locator("#printed").inner_text()


def test_csv_has_the_rows_in_sight_and_no_formula(opened, written):
    move = samples.change(
        "=cmd", samples.Verb.UPDATE, samples.field("price.base", Money(samples.Decimal(10), "PLN"), None)
    )
    page = opened(written(samples.plan(samples.account(move)), name="formula")).page
    with page.expect_download() as loaded:
        page.click("text=Export CSV")
    lines = loaded.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith('"account","kind","name"')
    assert lines[1].startswith('"main","Offer","\'=cmd","update","price.base","10 PLN"')


def test_how_a_plan_stands_is_said_on_top(opened, written):
    price = samples.change(
        "kubek", samples.Verb.UPDATE, samples.field("price.base", samples.pln("10"), samples.pln("11"))
    )
    held = samples.change(
        "kubek", samples.Verb.UPDATE, samples.field("price.base", samples.pln("10"), samples.pln("11"), held=True)
    )
    wrong = samples.error("D201", "`content.title` is too long")
    for name, plan, said in (
        ("ready", samples.plan(samples.account(price)), "Ready to apply"),
        (
            "wrong",
            samples.plan(samples.account(price), diagnostics=(wrong,)),
            "Ready, except for what errors hold back",
        ),
        ("cut", samples.plan(samples.account(price, complete=False)), "Not everything could be read"),
        ("held", samples.plan(samples.account(held)), "Nothing to apply"),
    ):
        assert opened(written(plan, name=name)).page.locator(".verdict").inner_text().startswith(said)
