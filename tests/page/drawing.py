"""The pictures of the documentation: the pages of a demo in Chromium, and what each picture says and shows.

Pixels of text are others with each font, so two machines are not compared by them: the same page in another font
differs in 2.5 to 15 % of its pixels, a changed heading in 0.1 %. Beside each picture lies what can be compared: the
text of each element with its colours, the boxes, what each chart is drawn from and how much of each colour is in it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What a Chromium in a container needs, and what keeps it from asking the network for anything.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
OFFERS = 400
_ALLOWED = ("price-shift", "price-change", "stock-change")

#: Runs `reconcile` in a folder and returns what it prints; a plan that a guard refuses is what is wanted.
Run = Callable[..., str]


@dataclass(frozen=True)
class Picture:
    """A page (`plan-en`), in a window of a size; what is clicked before it is drawn."""

    name: str
    page: str
    width: int = 1280
    height: int = 800
    dark: bool = False
    click: str = ""


ALL = (
    Picture("plan-en", "plan-en"),
    Picture("plan-pl", "plan-pl"),
    Picture("plan-dark", "plan-en", dark=True),
    Picture("plan-phone", "plan-pl", width=360, height=740),
    Picture("row-en", "plan-en", click=".urgent li:nth-child(2) button"),
    Picture("apply-en", "apply-en", height=860),
)


def chromium() -> str | None:
    """Return the Chromium of the system."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def make_pages(folder: Path, run: Run) -> dict[str, Path]:
    """Make a shop, plan it, apply it, and return each page that a picture shows."""
    shop = folder / "kubki"
    run(folder, "demo", str(shop), "--offers", str(OFFERS))
    run(shop, "plan", "--out", "plan.json")
    allowed = [flag for rule in _ALLOWED for flag in ("--allow", rule)]
    (shop / "done.json").write_text(run(shop, "apply", "plan.json", "--json", "--auto-approve", *allowed), "utf-8")
    saved = {"plan": "plan.json", "apply": "done.json"}
    pages = {}
    for name in dict.fromkeys(each.page for each in ALL):
        sort, _, language = name.partition("-")
        pages[name] = shop / f"{name}.html"
        run(shop, "show", saved[sort], "--format", "html", "--lang", language, "--out", f"{name}.html")
    return pages


def draw(browser: Any, page: Path, picture: Picture, target: Path) -> dict[str, Any]:
    """Draw a picture into a folder, and return what it says and shows."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        timezone_id="Europe/Warsaw",
        reduced_motion="reduce",
    )
    opened = context.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_selector(".body .row")
    opened.wait_for_function("!document.querySelector('.waits') && document.fonts.status === 'loaded'")
    if picture.click:
        opened.click(picture.click)
    opened.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    file = target / f"{picture.name}.png"
    opened.screenshot(path=file)
    found = opened.evaluate(_SEEN)
    context.close()
    return {
        "picture": hashlib.sha256(file.read_bytes()).hexdigest(),
        "size": [picture.width, picture.height],
        "elements": [[what, _steady(text), *rest] for what, text, *rest in found["elements"]],
        "charts": found["charts"],
    }


def said_of(file: Path) -> dict[str, Any]:
    """Return what a committed picture says and shows."""
    return json.loads(file.with_suffix(".json").read_text("utf-8"))


def write_said(file: Path, seen: dict[str, Any]) -> None:
    """Write it beside the picture: a line for each element and chart, so that git shows what has changed."""
    parts = []
    for name, value in seen.items():
        lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in value) if name in _LISTS else ""
        parts.append(f"{json.dumps(name)}: " + (f"[\n{lines}\n]" if name in _LISTS else json.dumps(value)))
    file.with_suffix(".json").write_text("{" + ",\n".join(parts) + "}\n", "utf-8")


def differences(drawn: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """Say in what a page is not as the kept picture shows it; nothing of what another font does to it."""
    if len(drawn["elements"]) != len(kept["elements"]) or len(drawn["charts"]) != len(kept["charts"]):
        told, known = (sorted({f"{each[0]} {each[1]!r}" for each in side["elements"]}) for side in (drawn, kept))
        new, gone = ([each for each in one if each not in other] for one, other in ((told, known), (known, told)))
        return [f"new on the page: {new[:5]}, gone: {gone[:5]}"]
    found = [f"the window is {drawn['size']}, was {kept['size']}"] if drawn["size"] != kept["size"] else []
    for now, was in zip(drawn["elements"], kept["elements"], strict=True):
        if now[:2] != was[:2]:
            found.append(f"{now[0]} says {now[1]!r}, where {was[0]} said {was[1]!r}")
        elif now[6] != was[6]:
            found.append(f"{now[0]} {now[1]!r} looks {now[6]}, was {was[6]}")
        elif _moved(now, was):
            found.append(f"{now[0]} lies at {now[2:6]}, was at {was[2:6]}")
    for now, was in zip(drawn["charts"], kept["charts"], strict=True):
        found += [
            f"{now['of']}: {part} is {now[part]}, was {was[part]}" for part in _DRAWN if now[part] != was[part]
        ]
        paint, known = now["paint"], was["paint"]
        if any(abs(paint[name] - known[name]) > 0.1 + known[name] / 10 for name in known):
            found.append(f"{now['of']}: colours in the chart are {paint}, were {known}")
    return found


_DRAWN = ("of", "data", "scales")
#: Boxes whose place the page decides: a line of text more or less moves what is beneath it, and nothing else.
_BOXES = ("section.card", "div.verdict", "div.chart", "details.card")


def _moved(now: list[Any], was: list[Any]) -> bool:
    """Tell whether a box is elsewhere: measured with two fonts, heights differ by 55 and places by 38 to 117 of 1,563."""
    if not was[0].startswith(_BOXES):
        return False
    x, y, width, height = (abs(one - other) for one, other in zip(now[2:6], was[2:6], strict=True))
    return x > 2 or width > 2 or height > (2 if "chart" in was[0] else 80) or y > 60 + was[3] / 10


_LISTS = ("elements", "charts")
#: What is another with each run: the plan's own id, moments, how long it took.
_EACH_RUN = (
    (re.compile(r"\b(Plan|Report of an apply|Raport z wykonania) [0-9a-f]{8}\b"), r"\1 …"),
    (re.compile(r"\b\d{1,2} [^\W\d]{3,4} 20\d\d, \d\d:\d\d\b"), "…"),
    (re.compile(r"\b20\d\d-\d\d-\d\d\b"), "…"),
    (re.compile(r"(about|około) [\d.,]+ (s|min)\b|under 1 s|poniżej 1 s"), "…"),
)


def _steady(text: str) -> str:
    for pattern, instead in _EACH_RUN:
        text = pattern.sub(instead, text)
    return text


#: Each element with text of its own: [what, text, x, y, width, height, look]; each chart: what it is drawn from, and how
#: many of a thousand pixels have each colour of the page. Rows of the table are left out: how many are drawn depends on
#: the window. Of an apply the timeline and the requests depend on the clock: they have tests of their own.
_SEEN = """() => {
  const clock = (el) => el.closest(".timeline .quiet, .report .matrix");
  const box = (el) => { const { x, y, width, height } = el.getBoundingClientRect(); return [x, y + scrollY, width, height].map(Math.round); };
  const elements = [];
  for (const el of document.querySelectorAll("main *, dialog[open] *")) {
    const text = [...el.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").replace(/\\s+/g, " ").trim();
    const isBox = el.matches(".card, .verdict, .count, .chart, .field, .side");
    if ((!text && !isBox) || !el.checkVisibility() || el.closest(".body, .uplot") || clock(el)) continue;
    const look = getComputedStyle(el);
    elements.push([[el.localName, ...el.classList].join("."), text, ...box(el), [look.color, look.backgroundColor, look.fontSize, look.fontWeight].join(" ")]);
  }
  const colours = ["accent", "red", "amber", "green", "faint", "line"];
  const probe = document.createElement("i");
  document.body.append(probe);
  const palette = colours.map((name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color.match(/\\d+/g).map(Number); });
  probe.remove();
  const painted = (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = colours.map(() => 0);
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 200) continue;
      palette.forEach((colour, number) => { if (colour.every((part, each) => Math.abs(part - data[at + each]) < 24)) found[number] += 1; });
    }
    return Object.fromEntries(colours.map((name, number) => [name, Math.round(found[number] * 1e5 / (data.length / 4)) / 100]));
  };
  const rounded = (value) => (typeof value === "number" ? Number(value.toPrecision(6)) : Array.isArray(value) ? value.map(rounded) : value);
  const charts = [...document.querySelectorAll("main .chart")].filter((each) => each.plot && !each.closest(".timeline"))
    .map((each) => ({ of: each.closest(".card").className, data: rounded([...each.plot.data].map((one) => (one ? [...one] : one))), scales: Object.fromEntries(Object.entries(each.plot.scales).map(([name, { min, max }]) => [name, rounded([min ?? null, max ?? null])])), paint: painted(each.plot.ctx.canvas) }));
  return { elements, charts };
}"""
