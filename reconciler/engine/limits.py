"""What a desired resource must keep to, known from the spec alone: checked before any network.

One function per limit of the spec. Each returns a sentence when the value breaks it, else nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from msgspec import Struct

from reconciler.engine.bundled import whole_bundles
from reconciler.engine.cautions import add_texts, cautions, quick_looks
from reconciler.engine.clearing import never_without, single_rates
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.html_rules import Rules, html_faults, is_flawless, place_of
from reconciler.model.offers import OFFER, Desired, Find
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, Type
from reconciler.model.texts import may_hide
from reconciler.model.values import Money, Value

Limit = Callable[[Value, Value], str | None]
#: So many bytes of UTF-8 a character has at most.
_LARGEST_SIGN = 4


def _min_length(limit: Value, value: Value) -> str | None:
    return None if len(value) >= limit else f"has {len(value)} characters; at least {limit} are needed"


def _max_length(limit: Value, value: Value) -> str | None:
    return None if len(value) <= limit else f"has {len(value)} characters; at most {limit} are allowed"


def _min_words(limit: Value, value: Value) -> str | None:
    words = len(value.split())
    return None if words >= limit else f"has {words} word{'s' * (words != 1)}; at least {limit} are needed"


def _longest_word(limit: Value, value: Value) -> str | None:
    longest = max(map(len, value.split()), default=0)
    return None if longest <= limit else f"has a word of {longest} characters; at most {limit} are allowed"


def _max_items(limit: Value, value: Value) -> str | None:
    count = len(value or ())
    return None if count <= limit else f"has {count} entries; at most {limit} are allowed"


def _min_items(limit: Value, value: Value) -> str | None:
    """Null is none: where one is needed at least, the list cannot be cleared."""
    count = len(value or ())
    return None if count >= limit else f"has {count or 'no'} entries; at least {limit} is needed"


def _max_bytes(limit: Value, value: Value) -> str | None:
    texts = [item["text"] for section in value or () for item in section if "text" in item]
    if _LARGEST_SIGN * sum(map(len, texts)) <= limit:
        return None
    size = sum(len(text.encode()) for text in texts)
    return None if size <= limit else f"has {size} bytes of text; at most {limit} are allowed"


def _minimum(limit: Value, value: Value) -> str | None:
    return None if value >= limit else f"is {value}; at least {limit} is needed"


def _maximum(limit: Value, value: Value) -> str | None:
    return None if value <= limit else f"is {value}; at most {limit} is allowed"


def _above(limit: Value, value: Value) -> str | None:
    amount = value.amount if isinstance(value, Money) else value
    return None if amount > limit else f"is {value}; it must be more than {limit}"


def _full_years(_: Value, value: Value) -> str | None:
    period = str(value.get("period") or "P1Y")
    return (
        None if re.fullmatch(r"P\d+Y", period) else f"has the period {period}; only full years are taken, as P2Y"
    )


def _cause(_: Value, value: Value) -> str | None:
    """Judge what may be given back: a cause goes with every range that is not full, and with no other."""
    said, wanted = value.get("restriction_cause") is not None, value.get("range") != "full"
    if said == wanted or "range" not in value:
        return None
    return f"is {value['range']} and {'has no' if wanted else 'has a'} `restriction_cause`"


def _longest_item(limit: Value, value: Value) -> str | None:
    longest = max((str(each) for each in value), key=len, default="")
    too_long = len(longest) > limit
    return f"has `{longest}` with {len(longest)} characters; at most {limit} are allowed" if too_long else None


def _once(limit: Value, value: Value) -> str | None:
    several = [each for each in limit if value.count(each) > 1]
    return f"has {several[0]} more than once; {' '.join(limit)} may stand once each" if several else None


def _characters(limit: Value, value: Value) -> str | None:
    """Judge signs by their Unicode categories (`L`, `Nd`) or by themselves; of a list, in each of its texts."""
    signs = "".join(map(str, value)) if isinstance(value, list) else str(value)
    kinds = tuple(each for each in limit if each.isascii() and each.isalpha())
    for sign in signs:
        if sign not in limit and not sign.isspace() and not unicodedata.category(sign).startswith(kinds):
            return f"has the character {sign}, which is not allowed"
    return None


def _spelled(limit: Value, value: Value) -> str | None:
    """Judge what is known by what it says: its name is made of words that mean something."""
    if str(value).startswith("#") or re.fullmatch(limit["pattern"], value):
        return None
    return f"is `{value}`; it is spelled as in `{limit['as']}`"


#: Types whose values a spec lists.
_LISTED = (Type.ENUM, Type.STATUS, Type.DURATION)
#: `currency`, `html` and `parts` are not here: one needs the spec's marketplaces, the others may find several
#: things wrong; nor is `max_escaped`, which nobody is sure of (`engine.cautions`).
LIMITS: dict[str, Limit] = {
    "min_length": _min_length,
    "max_length": _max_length,
    "min_words": _min_words,
    "longest_word": _longest_word,
    "max_items": _max_items,
    "min_items": _min_items,
    "max_bytes": _max_bytes,
    "minimum": _minimum,
    "maximum": _maximum,
    "above": _above,
    "cause": _cause,
    "full_years": _full_years,
    "spelled": _spelled,
    "longest_item": _longest_item,
    "once": _once,
    "characters": _characters,
}


def check_limits(desired: Iterable[Desired], spec: MarketplaceSpec) -> tuple[Diagnostic, ...]:
    """Check every owned field of every resource against the limits of the spec."""
    limits = LimitChecks(spec)
    return tuple(problem for each in desired for problem in limits.of(each))


class LimitChecks:
    """Judges resources by the limits of a spec, one after the other."""

    def __init__(self, spec: MarketplaceSpec) -> None:
        self._kinds = {name: _KindLimits(kind, spec) for name, kind in spec.kinds.items()}

    def of(self, desired: Desired) -> Iterator[Diagnostic]:
        """Yield all that is wrong with a resource, and what is odd about it."""
        return self._kinds[desired.key.kind].of(desired)


#: No value of a field is this one.
_NONE_YET = object()


class _Judge(Struct):
    """Judges one field of many resources. What they inherit is one and the same object: it is judged once.

    `of_null`: it has something to say of null. Where `looks` see nothing, and no text hides anything, there is
    nothing; else it is looked for what is wrong. `sound` is the last value with nothing wrong, kept so that no
    other takes its place in memory.
    """

    known: FieldSpec
    of_null: bool
    looks: tuple[Callable[[Value], object], ...]
    sound: Value = _NONE_YET


class _KindLimits:
    """Judges the resources of one kind on one marketplace."""

    def __init__(self, kind: KindSpec, spec: MarketplaceSpec) -> None:
        self._kind, self._spec = kind, spec
        self._fields: dict[str, _Judge | None] = {}
        self._single = any(each.single_with for each in kind.fields.values())

    def of(self, desired: Desired) -> Iterator[Diagnostic]:
        """Yield all that is wrong with a resource, and what is odd about it."""
        kind, spec, fields = self._kind, self._spec, self._fields
        to_judge: list[tuple[_Judge, str, Value]] = []
        for path, value in desired.fields.items():
            judge = fields[path] if path in fields else self._field(path)
            if judge is not None and value is not judge.sound and (value is not None or judge.of_null):
                to_judge.append((judge, path, value))
        if _are_sound(to_judge):
            for judge, _, value in to_judge:
                judge.sound = value
        else:
            yield from _judged(desired, to_judge, spec)
        if wrong := _key_fault(desired, kind):
            yield wrong
        if None in desired.fields.values():
            yield from never_without(desired, kind)
        if self._single:
            yield from single_rates(desired, {}, kind)
        if desired.key.kind == OFFER:
            if spec.couplings:
                yield from _couplings(desired, spec)
        else:
            yield from whole_bundles(desired, kind)

    def _field(self, path: str) -> _Judge | None:
        known = self._kind.field(path)
        if known is None:
            self._fields[path] = None
        else:
            looks = (*_quick_looks(known, path, self._spec), *quick_looks(known))
            self._fields[path] = _Judge(known, "min_items" in known.limits, looks)
        return self._fields[path]


def _are_sound(to_judge: Sequence[tuple[_Judge, str, Value]]) -> bool:
    """Look at values quickly; at all of their texts together."""
    for judge, _, value in to_judge:
        if value is None:
            return False
        for look in judge.looks:
            if look(value):
                return False
    texts: list[str] = []
    add_texts([value for _, _, value in to_judge], texts)
    return not may_hide("".join(texts))


def _judged(
    desired: Desired, to_judge: Iterable[tuple[_Judge, str, Value]], spec: MarketplaceSpec
) -> Iterator[Diagnostic]:
    """Yield what is wrong with values, one after the other."""
    for judge, path, value in to_judge:
        if _are_sound([(judge, path, value)]):
            judge.sound = value
        else:
            yield from _of_field(desired, judge.known, path, value, spec)


def _of_field(
    desired: Desired, known: FieldSpec, path: str, value: Value, spec: MarketplaceSpec
) -> Iterator[Diagnostic]:
    for where, sentence, find in _breaches(known, path, value, spec):
        origin = desired.origin(where)
        rule = f"a rule of {spec.title}" + (f" ({known.source})" if known.source else "")
        yield error(
            "D503",
            f"`{path}` of {desired.key.name} {sentence}",
            mark=desired.inside(where, find) if find else origin.mark,
            detail=rule + (f"; the text is written by {origin.written_by}" if origin.written_by else ""),
            about=desired.key,
        )
    if value is not None:
        yield from cautions(desired, known, path, value)


def _key_fault(desired: Desired, kind: KindSpec) -> Diagnostic | None:
    """Judge a name that becomes a key on the marketplace. What is taken over keeps the key that it has."""
    name = desired.key.name
    if desired.adopt or not (kind.key_max or kind.key_pattern):
        return None
    said = _max_length(kind.key_max, name) if kind.key_max else None
    if said is None and kind.key_pattern and not re.fullmatch(kind.key_pattern, name):
        odd = next((each for each in name if not re.fullmatch(kind.key_pattern, each)), name)
        said = f"has `{odd}`, which no key can have there"
    if said is None:
        return None
    word = "sku" if desired.document else "name"
    hint = "give it another sku" if desired.document else "give it another name, or a `sku` for this account"
    what = f"the {word} {name} of an {kind.label}"
    return error("D509", f"{what} {said}", mark=desired.origin("sku").mark, hint=hint, about=desired.key)


def _breaches(
    known: FieldSpec, path: str, value: Value, spec: MarketplaceSpec
) -> Iterator[tuple[str, str, Find | None]]:
    """Yield where a limit is broken, as the path of a value or of its part, how, and how to find it in a text."""
    for word, limit in known.limits.items():
        if word == "html":
            yield from _html(path, limit, value or ())
        elif word == "parts":
            yield from _parts(path, limit, value)
        elif word != "max_escaped":
            sentence = _currency(path, value, spec) if word == "currency" else LIMITS[word](limit, value)
            if sentence:
                yield path, sentence, None
    if known.values and known.type in _LISTED and value not in known.values:
        yield path, f"is {value}; possible are {', '.join(known.values)}", None


def _quick_looks(known: FieldSpec, path: str, spec: MarketplaceSpec) -> Iterator[Callable[[Value], object]]:
    """Yield looks at a value that is not null: where all say no, `_breaches` has nothing to say."""
    for word, limit in known.limits.items():
        if word == "html":
            yield partial(_has_flaws, limit)
        elif word == "parts":
            yield partial(_has_odd_parts, limit)
        elif word == "currency":
            yield _quick_price(path, spec)
        elif word != "max_escaped":
            yield partial(LIMITS[word], limit)
    if known.values and known.type in _LISTED:
        yield lambda value: value not in known.values


def _quick_price(path: str, spec: MarketplaceSpec) -> Callable[[Value], object]:
    """Return a look at a price: nearly all are in the currency of their site, with its digits or with none."""
    site = path.partition(".")[2]
    market = spec.marketplaces.get(spec.base_market if site == "base" else site)
    currency = market.currency if market else ""
    decimals = next((m.decimals for m in spec.marketplaces.values() if m.currency == currency), 0)
    usual, whole = Decimal(1).scaleb(-decimals), Decimal(1)

    def look(value: Money) -> object:
        amount = value.amount
        if value.currency == currency and (amount.same_quantum(usual) or amount.same_quantum(whole)):
            return None
        return _currency(path, value, spec)

    return look


def _has_flaws(rules: Rules, value: Value) -> bool:
    for section in value:
        for item in section:
            if "text" in item and not is_flawless(rules, item["text"]):
                return True
    return False


def _has_odd_parts(limit: Value, value: Value) -> bool:
    return any(_parts("", limit, value))


def _parts(path: str, limit: Value, value: Value) -> Iterator[tuple[str, str, None]]:
    """Yield each part of a price of a destination that the marketplace does not have."""
    for name, rate in value.items():
        for part in rate if isinstance(rate, Mapping) else ():
            if part not in limit and rate[part] is not None:
                yield f"{path}.{name}.{part}", f"says `{part}` for {name}; possible are {', '.join(limit)}", None


def _html(path: str, rules: Rules, value: Value) -> Iterator[tuple[str, str, Find]]:
    for number, section in enumerate(value):
        for position, item in enumerate(section):
            for fault in html_faults(item.get("text", ""), rules):
                yield f"{path}.{number}.{position}.text", fault.said, partial(place_of, fault)


def _currency(path: str, value: Money, spec: MarketplaceSpec) -> str | None:
    """Check a price's currency and precision. A site that the spec does not know is not judged."""
    site = path.partition(".")[2]
    market = spec.marketplaces.get(spec.base_market if site == "base" else site)
    if market is None:
        return None
    if (site != "base" or spec.base_said) and value.currency != market.currency:
        return f"is in {value.currency}; {site if site != 'base' else spec.base_market} takes {market.currency}"
    decimals = next((m.decimals for m in spec.marketplaces.values() if m.currency == value.currency), None)
    if decimals is None:
        return f"is in {value.currency}, a currency of none of the sites"
    if value.amount != value.amount.quantize(Decimal(1).scaleb(-decimals)):
        return f"is {value}; {value.currency} takes {decimals or 'no'} digits after the point"
    return None


def _couplings(desired: Desired, spec: MarketplaceSpec) -> Iterator[Diagnostic]:
    """A marketplace that writes two modules together needs both toggles in the same position."""
    for one, other in spec.couplings:
        modes = {module: desired.modes[module][0] for module in (one, other)}
        if len(set(modes.values())) > 1:
            toggles = " and ".join(f"`sync.{module}: {mode}`" for module, mode in modes.items())
            yield error(
                "D504",
                f"{desired.key.name}: {toggles} cannot both hold: {spec.title} writes {one} and {other} together",
                mark=desired.origin(f"sync.{one}").mark,
                hint="give both the same mode",
                about=desired.key,
            )
