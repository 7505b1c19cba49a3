"""What the page of 100,000 changes takes: CPU to make it, its size, and a Chromium's time to open and to filter it.

python bench/page.py
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from page import drawing  # noqa: E402 - the path is set above
from page.big import COUNT, big_plan  # noqa: E402

from reconciler.render.html.page import html_page  # noqa: E402
from reconciler.render.html.plan_data import plan_data  # noqa: E402

_TYPED = """async (text) => {
  const box = document.getElementById("search"), began = performance.now();
  box.value = text;
  box.dispatchEvent(new Event("input"));
  await new Promise(requestAnimationFrame);
  return (performance.now() - began) / 1000;
}"""
_CHOSEN = """async () => {
  const chip = document.querySelector(".alike .chip"), began = performance.now();
  chip.click();
  await new Promise(requestAnimationFrame);
  return (performance.now() - began) / 1000;
}"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def main() -> None:
    """Print a line for each figure."""
    plan = big_plan()
    began = time.process_time()
    text = "".join(html_page(plan_data(plan), "en"))
    took = time.process_time() - began
    print(f"{COUNT:,} changes: {len(text.encode()) / 1e6:.1f} MB, made in {took:.1f} s of CPU")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        file = Path(folder) / "report.html"
        file.write_text(text, "utf-8")
        browser = started.chromium.launch(executable_path=drawing.chromium(), args=drawing.FLAGS)
        _opened(browser, file)
        browser.close()


def _opened(browser: Any, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector(".grid")
    print(
        f"first screen {page.evaluate(_PAINTED):.1f} s after the click, a search at once {page.evaluate(_TYPED, '0999'):.2f} s"
    )
    page.wait_for_function("!document.querySelector('.waits')")
    page.wait_for_timeout(3000)
    print(f"a search later {page.evaluate(_TYPED, '09999'):.2f} s, what is alike {page.evaluate(_CHOSEN):.2f} s")


if __name__ == "__main__":
    main()
