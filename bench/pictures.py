"""Draws docs/pictures again: the pages of the demo's plan and of its apply, in the Chromium of the system.

Beside each picture is written what it says; `tests/page/test_pictures.py` draws them as this does and compares.

python bench/pictures.py [FOLDER]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from page import drawing


def main() -> None:
    """Make a shop, plan it, apply it, and draw each page."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else drawing.PICTURES
    target.mkdir(parents=True, exist_ok=True)
    chromium = drawing.chromium()
    if not chromium:
        sys.exit("bench/pictures.py needs `chromium`: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        pages = drawing.make_pages(Path(folder), _run)
        browser = started.chromium.launch(executable_path=chromium, args=drawing.FLAGS)
        for picture in drawing.ALL:
            seen = drawing.draw(browser, pages[picture.page], picture, target)
            drawing.write_said(target / f"{picture.name}.png", seen)
        browser.close()


def _run(where: Path, *arguments: str) -> str:
    """Run `reconcile`; a plan that a guard refuses is what is wanted here, so its exit code is not asked."""
    command = [sys.executable, "-m", "reconciler.cli.main", *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, encoding="utf-8", check=False).stdout


if __name__ == "__main__":
    main()
