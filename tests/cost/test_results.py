"""What `make bench` writes: the exponent, the tables, the ratios of the README and the plot."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.cost import report
from bench.cost.results import exponent

MACHINE = {
    "date": "2026-01-02",
    "commit": "abc",
    "python": "3.11.7",
    "system": "Linux x86_64",
    "cpu": "a processor",
    "cores": 2,
    "load": 0.5,
    "others": {"terraform": "1.11.4"},
    "command": "python -m bench.cost 1000 10000",
}


def row(what: str, size: int, cpu: float, changes: int = 0) -> dict[str, object]:
    """Return a row of results."""
    rest = {"wall": 1.0, "peak": 100, "island": 0.0, "requests": 35}
    return {"what": what, "size": size, "cpu": cpu, "changes": changes, **rest}


RESULTS = {
    "machine": MACHINE,
    "skipped": ["octoDNS: not above 10,000 offers"],
    "rows": [
        row("plan, first", 1_000, 3.0), row("plan, first", 10_000, 30.0),
        row("plan, warm", 1_000, 0.5), row("plan, warm", 10_000, 1.0),
        row("plan, 100 changed", 1_000, 0.6, 100), row("plan, 100 changed", 10_000, 1.2, 100),
        {**row("apply, 100 changed", 1_000, 0.85, 100), "requests": 335},
        row("apply, 1 % changed", 1_000, 0.64, 10),
        row("plan, first, HTTP", 1_000, 3.5),
        row("terraform, strings", 1_000, 2.0), row("terraform, strings", 10_000, 22.0),
        row("seller's script", 1_000, 2.5),
    ],
}  # fmt: skip


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_found_again(power: float) -> None:
    """A cost that grows by a power is told by that power; of one size nothing can be said."""
    assert exponent((size, 3 * size**power) for size in (1_000, 10_000, 100_000)) == pytest.approx(
        power, abs=0.001
    )
    assert exponent([(1_000, 3.0)]) is None


def test_all_figures_stand_between_the_markers(tmp_path: Path) -> None:
    """The tables and ratios are written, what stands around them is kept, and a second time changes nothing."""
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    for file in (report.DOCUMENT, report.README):
        (tmp_path / file).write_text("before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n", "utf-8")
    report.write(RESULTS, tmp_path)
    table, readme = ((tmp_path / file).read_text("utf-8") for file in (report.DOCUMENT, report.README))
    assert table.startswith("before\n")
    assert table.endswith("after\n")
    assert "old" not in table
    assert "|  | 10,000 | 30.00 s | 3.000 ms |  |  | 1.0 s | 100 MB | 35 | 1.00 |" in table
    assert "| 1,000 | 0.60 s | 0.600 ms | 1.00 ms |  | 1.0 s |" in table
    assert "| apply, 100 changed | 1,000 | 0.85 s | 0.850 ms | 8.50 ms | 0.70 ms | 1.0 s |" in table
    assert "| apply, 1 % changed | 1,000 | 0.64 s | 0.640 ms | 64.00 ms |  | 1.0 s |" in table
    assert "22.0 times" in table
    assert "octoDNS: not above 10,000 offers" in table
    assert "10,000 offers at rest takes **1/22 of** the processor time of a `terraform plan`" in readme
    assert "1,000 offers at rest takes **1/5.0 of** the processor time of a script" in readme
    assert "**1/25.0** of the first plan" in readme
    report.write(RESULTS, tmp_path)
    assert (tmp_path / report.DOCUMENT).read_text("utf-8") == table


def test_the_plot_has_a_line_for_each_phase_and_a_point_for_each_size() -> None:
    """It is well-formed, and larger costs stand higher."""
    picture = ET.fromstring(report.plot({"a": [(1_000, 1.0), (10_000, 20.0)], "b <": [(1_000, 2.0)]}))
    space = "{http://www.w3.org/2000/svg}"
    lines = [each.attrib["points"].split() for each in picture.iter(f"{space}polyline")]
    assert sorted(map(len, lines)) == [1, 2]
    (_, low), (_, high) = (point.split(",") for point in max(lines, key=len))
    assert float(high) < float(low)
