"""Settings that many offers share become SettingsTemplates; an offer names one and says where it differs.

Offers are grouped by their settings. From the most common group to the rarest, each either becomes a template
of its own or refers to one that is there, whichever takes fewer lines. A template never has a field that one
of its offers lacks, so naming it adds nothing to what the offer says. Fields that nearly every offer has for
itself (a text on safety, say) stay with the offers and split no group.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.documents.kinds import TEMPLATE
from reconciler.documents.layers import merge
from reconciler.documents.shorthand import long_form
from reconciler.engine.lift.names import slug
from reconciler.model.values import canonical_json

Settings = Mapping[str, Any]
#: A new template brings a file, its head, and one more thing to know.
_PRICE_OF_TEMPLATE = 8
#: A group is compared with so many templates, the most common ones: this keeps lifting linear.
_COMPARED = 32
_USUAL = "standard"
_LONGEST_NAME = 60


@dataclass(slots=True)
class _Group:
    """Offers with the same shared settings, by their positions."""

    settings: Settings
    long: Settings
    text: str
    members: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Templates:
    """The new templates by name, and for each offer what its settings section says."""

    new: Mapping[str, Settings]
    sections: tuple[Any, ...]


def share(sections: list[Settings], known: Mapping[str, Settings]) -> Templates:
    """Lift what these settings sections share. `known` are templates that may be used, in long form."""
    texts = [{path: canonical_json(value) for path, value in section.items()} for section in sections]
    shared = _shared_fields(texts) | {path for body in known.values() for path in body}
    groups = _grouped(sections, texts, shared)
    bases: dict[str, Settings] = dict(known)
    new: dict[str, Settings] = {}
    out: list[Any] = list(sections)
    for group in groups:
        name, differing = _nearest(group.long, bases)
        if _deserves_own(group, differing, known=bool(name)):
            name, differing = _name(group, bases, new), ()
            new[name] = group.settings
            bases[name] = group.long
        for index in group.members if name else ():
            out[index] = _section(name, differing, sections[index], bases[name])
    return Templates(new, tuple(out))


def _shared_fields(texts: Iterable[Mapping[str, str]]) -> set[str]:
    """Return the fields whose values repeat: on average each stands in two offers or more."""
    having: Counter[str] = Counter()
    values: dict[str, set[str]] = defaultdict(set)
    for section in texts:
        having.update(section.keys())
        for path, text in section.items():
            values[path].add(text)
    return {path for path, count in having.items() if len(values[path]) * 2 <= count}


def _grouped(sections: list[Settings], texts: list[dict[str, str]], shared: set[str]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for index, (section, told) in enumerate(zip(sections, texts, strict=True)):
        text = "\n".join(f"{path} {told[path]}" for path in sorted(told) if path in shared)
        group = groups.get(text)
        if group is None:
            chosen = {path: value for path, value in section.items() if path in shared}
            group = groups[text] = _Group(chosen, long_form(TEMPLATE, chosen), text)
        group.members.append(index)
    found = (group for group in groups.values() if group.settings)
    return sorted(found, key=lambda group: (-len(group.members), group.text))


def _nearest(wanted: Settings, bases: Mapping[str, Settings]) -> tuple[str, tuple[str, ...]]:
    """Return the template that says most of it, and the fields in which it differs; an empty name for none."""
    best: tuple[int, str, tuple[str, ...]] | None = None
    for name, base in list(bases.items())[:_COMPARED]:
        differing = _differing(wanted, base)
        if differing is None:
            continue
        cost = sum(_lines(wanted[path]) for path in differing)
        if best is None or cost < best[0]:
            best = cost, name, differing
    return (best[1], best[2]) if best else ("", ())


def _differing(wanted: Settings, base: Settings) -> tuple[str, ...] | None:
    """Return the fields to be said beside a template; None when the template says too much."""
    if any(path not in wanted for path in base):
        return None
    differing = tuple(path for path, value in wanted.items() if base.get(path) != value)
    overlaid = merge({path: base[path] for path in differing if path in base}, {p: wanted[p] for p in differing})
    return differing if all(overlaid[path] == wanted[path] for path in differing) else None


def _lines(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(_lines(inner) for inner in value.values())
    return 1


def _deserves_own(group: _Group, differing: tuple[str, ...], *, known: bool) -> bool:
    whole = sum(_lines(value) for value in group.long.values())
    if not known:
        return len(group.members) > 1 and whole > 1
    if not differing:
        return False
    beside = 1 + sum(_lines(group.long[path]) for path in differing)
    return len(group.members) > 1 and beside * len(group.members) > whole + _PRICE_OF_TEMPLATE


def _section(name: str, differing: tuple[str, ...], section: Settings, base: Settings) -> Any:
    """Return what an offer says: the name of its template alone, or beside it what is its own."""
    own = {path: value for path, value in section.items() if path in differing or path not in base}
    return {"template": name, **own} if own else name


def _name(group: _Group, bases: Mapping[str, Settings], new: Mapping[str, Settings]) -> str:
    """Call the most common template `standard`, and others after what sets them apart from it."""
    wanted = _USUAL
    if new:
        usual = next(iter(new.values()))
        apart = [value for path, value in group.settings.items() if usual.get(path) != value]
        if 1 <= len(apart) <= 2 and all(isinstance(value, str) for value in apart):
            wanted = slug(" ".join(apart), _USUAL)[:_LONGEST_NAME].strip("-")
    name, count = wanted, 1
    while name in bases:
        count += 1
        name = f"{wanted}-{count}"
    return name
