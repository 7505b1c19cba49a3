"""What the README says of stock and prices from files is done as it stands there, in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

from cli.running import ROOT, reconcile

SECTION = "## Stock and prices from your own files and databases"


def test_stock_and_prices_from_a_file(tmp_path: Path) -> None:
    """The file, the Source and the three lines make the plan that is printed; applied, nothing is left."""
    section = (ROOT / "README.md").read_text("utf-8").partition(SECTION)[2].partition("\n## ")[0]
    feed, source, rule, printed = re.findall(r"```(?:yaml)?\n(.*?)```", section, re.DOTALL)
    shop = tmp_path / "shop"
    assert reconcile("init", "shop", cwd=tmp_path).returncode == 0
    assert reconcile("apply", "--auto-approve", cwd=shop).returncode == 0
    for path, text in {"feeds/stock.csv": feed, "sources/erp.yaml": source}.items():
        (shop / path).parent.mkdir()
        (shop / path).write_text(text, "utf-8")
    offer = shop / "offers" / "kubek-acme-300.yaml"
    kept = [line for line in offer.read_text("utf-8").splitlines() if not line.startswith(("price:", "stock:"))]
    offer.write_text("\n".join((*kept, rule)), "utf-8")
    assert reconcile("validate", cwd=shop).returncode == 0
    said = reconcile("plan", cwd=shop).stdout
    assert printed.partition("…\n")[2].strip("\n") in said
    assert reconcile("apply", "--auto-approve", cwd=shop).returncode == 0
    assert reconcile("plan", "--detailed-exitcode", cwd=shop).returncode == 0
    (shop / "feeds" / "stock.csv").write_text(feed[:-12], "utf-8")
    assert reconcile("plan", cwd=shop).returncode == 3
