"""Taxes: each category has rates, subjects and exemptions of its own (openapi getTaxSettingsForCategory)."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from reconciler.engine.known.products import CATEGORY
from reconciler.engine.known.subject import Subject
from reconciler.engine.known.words import instead
from reconciler.model.catalogue import Taxes
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.values import Value

PATH = "settings.tax"
_SUBJECT, _EXEMPTION = "subject", "exemption"


def is_taxed(subject: Subject) -> bool:
    """Tell whether taxes would be written, or stay with a category that is new to them."""
    return bool(subject.after.get(PATH) or (CATEGORY in subject.after and subject.value(PATH)))


def tax(subject: Subject, category: str, known: Taxes | None) -> Iterator[Diagnostic]:
    """Yield what a category does not take of the taxes that would be written."""
    if known is None or not is_taxed(subject):
        return
    before = {} if CATEGORY in subject.after else subject.before.get(PATH) or {}
    changed = {name: value for name, value in subject.value(PATH).items() if value != before.get(name)}
    for name, value in changed.items():
        if value is None:
            continue
        if name in (_SUBJECT, _EXEMPTION):
            yield from _word(subject, category, name, value, getattr(known, f"{name}s"))
        else:
            yield from _rate(subject, category, name, value, known)


def _word(
    subject: Subject, category: str, name: str, value: str, possible: tuple[str, ...]
) -> Iterator[Diagnostic]:
    if possible and value not in possible:
        yield subject.problem(
            "P243", f"category {category} has no tax {name} {value!r}", PATH, name,
            hint=instead(value, possible, what="It has", none=""),
        )  # fmt: skip


def _rate(subject: Subject, category: str, country: str, rate: Value, known: Taxes) -> Iterator[Diagnostic]:
    rates = known.rates.get(country)
    if rates is None:
        yield subject.problem(
            "P242", f"category {category} has no tax rates for {country}", PATH, country,
            hint=instead(country, known.rates, what="It has rates for", none="leave `tax` out"),
        )  # fmt: skip
        return
    exact = next((each for each in rates if _plain(each) == _plain(rate)), None)
    if exact is None:
        yield subject.problem(
            "P242", f"category {category} has no tax rate of {rate} in {country}", PATH, country,
            hint=f"It has {_in_order(rates)}",
        )  # fmt: skip
    elif rates[exact] and not _exemption(subject):
        yield subject.problem(
            "P243", f"a tax rate of {rate} in {country} needs the reason of the exemption", PATH, country,
            hint=f"write `exemption` beside it: {', '.join(known.exemptions)}",
        )  # fmt: skip


def _exemption(subject: Subject) -> Value:
    live = (subject.live.fields.get(PATH) if subject.live else None) or {}
    return {**live, **subject.value(PATH)}.get(_EXEMPTION)


def _plain(rate: Value) -> Value:
    """Return a rate as it counts: 8 and 8.00 are one; a word is a word."""
    try:
        return Decimal(rate)
    except InvalidOperation:
        return rate


def _in_order(rates: Mapping[str, bool]) -> str:
    words: Iterable[str] = (each for each in rates if isinstance(_plain(each), str))
    numbers: Iterable[str] = (each for each in rates if not isinstance(_plain(each), str))
    return ", ".join([*sorted(numbers, key=Decimal), *words])
