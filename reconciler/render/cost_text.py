"""What an apply costs, and what it cost: requests and time by operation, in the words of a seller."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Report
from reconciler.model.plan import Forecast
from reconciler.model.requests import Errand
from reconciler.render.style import Cells, Style
from reconciler.render.words import counted, lasting

_OBJECTS = "write price lists and the like"
_CHECKS = "check and read back"
_CATALOGUE = "ask the catalogue"
_DONE = "ask whether it is done"
#: What requests are for, in the order in which they are told; what an operation of a name of its own is for comes
#: from the spec with the forecast, and stands behind the first. Whatever is left reads.
_WORDS: Mapping[str, str] = {
    f"{OFFER}.create": "create offers",
    f"{OFFER}.activate": "put offers on sale",
    f"{OFFER}.end": "end offers",
    f"{OFFER}.delete": "delete drafts",
    "create": _OBJECTS,
    "update": _OBJECTS,
    "delete": _OBJECTS,
    Errand.IMAGE: "upload images",
    Errand.PRODUCT: _CATALOGUE,
    Errand.CATEGORY: _CATALOGUE,
    Errand.PARAMETERS: _CATALOGUE,
    Errand.METHODS: _CATALOGUE,
    Errand.MARKETS: _CATALOGUE,
    Errand.TAXES: _CATALOGUE,
    Errand.PACKAGES: _CATALOGUE,
    Errand.SIZE_TEMPLATES: _CATALOGUE,
    Errand.EVENTS: _CHECKS,
    Errand.IDENTITY: _CHECKS,
    Errand.REPORT: _DONE,
    Errand.OPERATION: _DONE,
    Errand.TASKS: _DONE,
    Errand.TOKEN: "log in",
}
_PLACES = {words: place for place, words in enumerate(dict.fromkeys(_WORDS.values()))}
_OWN = 0.5  # the place of operations with names of their own
_FEW = 3
#: So far the numbers of a forecast may be off without a word: requests, and parts of all of them.
_REQUESTS, _SHARE = 3, 0.05

N = TypeVar("N", int, float)


def said(name: str, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say what a request is for, with the words of the forecast; what is left of a kind's own reads a view."""
    _, of_kind, operation = name.partition(".")
    return words.get(name) or _WORDS.get(name) or _WORDS.get(operation) or (_CHECKS if of_kind else name)


def cost_text(forecast: Forecast, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """Yield what an apply will take, by operation: a table where there are times to tell, else a line or two."""
    seconds = lasting(forecast.seconds)
    yield f"Apply takes about {counted(_sum(forecast.requests), 'request')}, {seconds} at the permitted rate:"
    parts = by_words(forecast.requests, forecast.words)
    if verbose or (forecast.seconds >= 1 and len(parts) >= _FEW):
        yield from cost_table(forecast, style)
        return
    yield from _side_by_side([f"{words} {count:,}" for words, count in parts.items()], style.width - 2)


def _side_by_side(parts: Sequence[str], width: int) -> Iterator[str]:
    """Yield as many parts a line as fit, with commas between them; no part is broken."""
    line = ""
    for number, part in enumerate(parts, 1):
        told = part if number == len(parts) else f"{part},"
        if line and len(line) + 1 + len(told) > width:
            yield f"  {line}"
            line = ""
        line = f"{line} {told}" if line else told
    if line:
        yield f"  {line}"


def cost_table(forecast: Forecast, style: Style) -> Iterator[str]:
    """Yield the requests and the time of each operation, and of all of them."""
    times = by_words(forecast.times, forecast.words)
    parts = by_words(forecast.requests, forecast.words).items()
    rows = [(words, f"{count:,}", _brief(times.get(words, 0.0))) for words, count in parts]
    total = ("total", f"{_sum(forecast.requests):,}", _brief(forecast.seconds))
    yield from _table(("", "requests", "time"), rows, [total], style)


def took_text(report: Report, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """Yield what an apply took, beside what was forecast; by operation where the two differ."""
    told = report.forecast
    sent, expected = _sum(report.requests), _sum(told.requests)
    planned = f" ({expected:,} forecast)" if expected else ""
    waited = report.seconds - told.seconds > max(1.0, told.seconds * _SHARE)
    rate = f" ({_brief(told.seconds)} at the permitted rate, the rest waiting)" if expected and waited else ""
    differs = abs(sent - expected) > max(_REQUESTS, expected * _SHARE)
    shown = bool(expected) and (verbose or differs)
    yield f"It took {counted(sent, 'request')}{planned} and {_brief(report.seconds)}{rate}{':' if shown else '.'}"
    if shown:
        forecast, actual = by_words(told.requests, told.words), by_words(report.requests, told.words)
        both = sorted({*forecast, *actual}, key=lambda each: _place(each, told.words))
        rows = [(words, f"{forecast.get(words, 0):,}", f"{actual.get(words, 0):,}") for words in both]
        totals = [("total", f"{expected:,}", f"{sent:,}"), ("time", _brief(told.seconds), _brief(report.seconds))]
        yield from _table(("", "forecast", "actual"), rows, totals, style)


def _table(head: Cells, rows: Sequence[Cells], totals: Sequence[Cells], style: Style) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows, *totals)) for column in range(len(head))]

    def line(row: Cells) -> str:
        numbers = (f"{each:>{width}}" for each, width in zip(row[1:], widths[1:], strict=True))
        return "   ".join((f"  {row[0]:<{widths[0]}}", *numbers))

    yield style("dim", line(head))
    yield from map(line, rows)
    yield from (style("strong", line(row)) for row in totals)


def by_words(numbers: Mapping[str, N], words: Mapping[str, str]) -> dict[str, N]:
    """Return numbers of requests by what they are for, in the order in which that is told."""
    found: dict[str, N] = {}
    named = sorted(((said(name, words), name) for name in numbers), key=lambda each: _place(each[0], words))
    for told, name in named:
        if numbers[name]:
            found[told] = found[told] + numbers[name] if told in found else numbers[name]
    return found


def _place(told: str, words: Mapping[str, str]) -> tuple[float, str]:
    return _PLACES.get(told, _OWN if told in words.values() else len(_PLACES)), told


def _sum(requests: Mapping[str, int]) -> int:
    return sum(requests.values())


def _brief(seconds: float) -> str:
    return lasting(seconds).removeprefix("about ")
