"""Results as a table and a plot in docs/performance.md, and as three ratios in the README: between markers."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.cost.phases import PHASES
from bench.cost.plot import Line, plot
from bench.cost.results import ROOT, Results, exponent, of, ratio

DOCUMENT, README = Path("docs/performance.md"), Path("README.md")
PICTURE = Path("docs/performance.svg")
#: What is measured beside us, and what each of them is.
BESIDE = {
    "terraform, strings": "`terraform plan`, no change, each offer's file as one string: its best case",
    "terraform, fields": "`terraform plan`, no change, each offer's keys and values",
    "octoDNS": "`octodns-sync` from YAML to YAML, no change; a record has 50 characters, an offer 1,200",
    "seller's script": "requests, PyYAML, one GET an offer; compares title, price and stock",
}
OVER_HTTP = ("plan, first", "plan, warm", "apply, 100 changed")
#: Two applies of edits: the one of more requests says what a request takes.
_APPLIES = ("apply, 100 changed", "apply, 1 % changed")
_DRAWN = ("plan, first", "validate, cold", "plan, warm", "plan, 100 changed", "plan, all prices", *BESIDE)


def write(results: Results, root: Path = ROOT) -> None:
    """Write what the results say into the documentation and the README."""
    (root / PICTURE).write_text(plot(_lines(results)), "utf-8")
    for file, text in ((DOCUMENT, document(results)), (README, readme(results))):
        _between(root / file, text)


def _between(file: Path, text: str) -> None:
    whole = file.read_text("utf-8")
    changed, count = re.subn(
        r"(<!-- bench: begin[^>]*-->\n).*?(<!-- bench: end -->)",
        lambda m: f"{m[1]}{text}{m[2]}",
        whole,
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"{file} has no markers `bench: begin` and `bench: end`")
    file.write_text(changed, "utf-8")


def _lines(results: Results) -> dict[str, Line]:
    found = {what: [(size, each["cpu"]) for size, each in of(results, what).items()] for what in _DRAWN}
    return {what: line for what, line in found.items() if line}


def document(results: Results) -> str:
    """Return the tables as Markdown."""
    return "\n".join([*_machine(results), "", *_ours(results), "", *_http(results), "", *_beside(results), ""])


def _machine(results: Results) -> Iterator[str]:
    told = results["machine"]
    others = ", ".join(f"{name} {version}" for name, version in told["others"].items() if version)
    yield (
        f"`{told['command']}`, {told['date']}, commit {told['commit']}, Python {told['python']}, {told['cores']} cores of "
        f"{told['cpu']} ({told['system']}), load {told['load']} when it began. Beside us: {others or 'nothing'}."
    )
    if remark := told.get("remark"):
        yield f"\n{remark}."


def _ours(results: Results) -> Iterator[str]:
    yield "| phase | offers | CPU | an offer | a change | a request | wall | peak memory | requests | exponent |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    at_rest = of(results, "plan, warm")
    for what in PHASES:
        rows = of(results, what)
        grown = exponent([(size, each["cpu"]) for size, each in rows.items()][-2:])
        for place, (size, each) in enumerate(rows.items()):
            last = place == len(rows) - 1
            rest = at_rest[size]["cpu"] if each["what"].startswith("plan") and size in at_rest else 0.0
            yield _row(
                what if place == 0 else "",
                size,
                each,
                rest,
                _request(results, size, each),
                f"{grown:.2f}" if last and grown is not None else "",
            )


def _request(results: Results, size: int, each: Mapping[str, Any]) -> str:
    """Return what a request of an apply takes: more than in an apply of fewer changes in the same shop."""
    if each["what"] not in _APPLIES:
        return ""
    fewer = [
        row for what in _APPLIES if (row := of(results, what).get(size)) and row["requests"] < each["requests"]
    ]
    times = [(each["cpu"] - row["cpu"]) / (each["requests"] - row["requests"]) for row in fewer]
    return f"{times[0] * 1000:.2f} ms" if times else ""


def _row(what: str, size: int, each: Mapping[str, Any], rest: float, request: str, grown: str) -> str:
    change = f"{(each['cpu'] - rest) / each['changes'] * 1000:.2f} ms" if each["changes"] else ""
    return (
        f"| {what} | {size:,} | {each['cpu']:.2f} s | {each['cpu'] / size * 1000:.3f} ms | {change} | {request} | "
        f"{each['wall']:.1f} s | {each['peak']:,} MB | {each['requests']:,} | {grown} |"
    )


def _http(results: Results) -> Iterator[str]:
    yield "| over HTTP | offers | CPU | embedded | more, a request | wall | requests |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for what in OVER_HTTP:
        inside = of(results, what)
        for size, each in of(results, f"{what}, HTTP").items():
            own = inside[size]["cpu"]
            more = (each["cpu"] - own) / max(1, each["requests"]) * 1000
            yield (
                f"| {what} | {size:,} | {each['cpu']:.2f} s | {own:.2f} s | {more:.2f} ms | {each['wall']:.1f} s | "
                f"{each['requests']:,} |"
            )


def _beside(results: Results) -> Iterator[str]:
    yield "| beside us | offers | CPU | of our warm plan | wall | peak memory | requests |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for what, is_what in BESIDE.items():
        for size, each in of(results, what).items():
            times = ratio(results, "plan, warm", what, size)
            yield (
                f"| {is_what} | {size:,} | {each['cpu']:.2f} s | {f'{times:.1f} times' if times else ''} | {each['wall']:.1f} s | "
                f"{each['peak']:,} MB | {each['requests'] or ''} |"
            )
    for why in results["skipped"]:
        yield f"\nSkipped: {why}."


def readme(results: Results) -> str:
    """Return three figures, each a ratio, of the largest size at which both sides were measured."""
    told = [
        _compared(results, "terraform, strings", "a `terraform plan` of as many resources with the same inputs"),
        _compared(results, "seller's script", "a script with one GET an offer"),
        _changed(results),
    ]
    lines = "".join(f"- {each}\n" for each in told if each)
    machine = results["machine"]
    how = "parts of `make bench`, put together by hand" if machine.get("remark") else "`make bench`"
    return f"{lines}\nMeasured by {how} ({machine['date']}); all figures: [docs/performance.md]({DOCUMENT}).\n"


def _compared(results: Results, theirs: str, is_what: str) -> str:
    sizes = of(results, "plan, warm").keys() & of(results, theirs).keys()
    if not sizes:
        return ""
    size = max(sizes)
    times = ratio(results, "plan, warm", theirs, size)
    assert times is not None
    return f"A plan of {size:,} offers at rest takes **{_times(times)}** the processor time of {is_what}."


def _times(theirs: float) -> str:
    """Return our part of what others take, as a fraction below one and a multiple above."""
    if theirs >= 10:
        return f"1/{theirs:.0f} of"
    return f"1/{theirs:.1f} of" if theirs >= 1.5 else f"{1 / theirs:.1f} times"


def _changed(results: Results) -> str:
    """Say what a change adds to a plan at rest: the law is in proportion to what changed."""
    rest, first = of(results, "plan, 100 changed"), of(results, "plan, first")
    size = max(rest.keys() & first.keys())
    times = first[size]["cpu"] / rest[size]["cpu"]
    return f"A plan of {size:,} offers of which 100 changed takes **1/{times:.1f}** of the first plan, which reads all in full."
