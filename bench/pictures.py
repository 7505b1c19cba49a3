"""Draws docs/pictures again: the pages of the demo's plan and of its apply, in the Chromium of the system.

python bench/pictures.py [FOLDER]
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ALLOWED = ("price-shift", "price-change", "stock-change")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Make a shop, plan it, apply it, and draw each page."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "pictures")
    target.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("bench/pictures.py needs `chromium`: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        pages = _pages(Path(folder))
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        _draw(browser, pages["plan-en"], target / "plan-en.png")
        _draw(browser, pages["plan-pl"], target / "plan-pl.png")
        _draw(browser, pages["plan-en"], target / "plan-dark.png", dark=True)
        _draw(browser, pages["plan-pl"], target / "plan-phone.png", width=360, height=740)
        _draw(browser, pages["plan-en"], target / "row-en.png", click=".urgent li:nth-child(2) button")
        _draw(browser, pages["apply-en"], target / "apply-en.png", height=860)
        browser.close()


def _pages(folder: Path) -> dict[str, Path]:
    shop = folder / "kubki"
    _run(folder, "demo", str(shop), "--offers", "2000")
    _run(shop, "plan", "--out", "plan.json")
    allowed = [flag for rule in ALLOWED for flag in ("--allow", rule)]
    done = _run(shop, "apply", "plan.json", "--json", "--auto-approve", *allowed)
    (shop / "done.json").write_text(done, "utf-8")
    pages = {}
    for name, saved in (("plan", "plan.json"), ("apply", "done.json")):
        for language in ("en", "pl"):
            pages[f"{name}-{language}"] = shop / f"{name}-{language}.html"
            _run(shop, "show", saved, "--format", "html", "--lang", language, "--out", f"{name}-{language}.html")
    return pages


def _run(where: Path, *arguments: str) -> str:
    """Run `reconcile`; a plan that a guard refuses is what is wanted here, so its exit code is not asked."""
    command = [sys.executable, "-m", "reconciler.cli.main", *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, encoding="utf-8", check=False).stdout


def _draw(
    browser: Browser,
    page: Path,
    picture: Path,
    *,
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    click: str = "",
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    opened = context.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_selector(".body .row")
    if click:
        opened.click(click)
    opened.wait_for_timeout(500)
    opened.screenshot(path=picture)
    context.close()


if __name__ == "__main__":
    main()
