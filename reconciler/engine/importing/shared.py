"""Settings that many offers share become SettingsTemplates; an offer names one and says where it differs.

Offers are grouped by their settings. From the most common group to the rarest, each either becomes a template
of its own or refers to one that is there, whichever takes fewer lines. A template never has a field that one
of its offers lacks, so naming it adds nothing to what the offer says. Fields that nearly every offer has for
itself (a text on safety, say) stay with the offers and split no group.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from reconciler.documents.kinds import TEMPLATE
from reconciler.documents.layers import merge
from reconciler.documents.schema import schema_for
from reconciler.documents.shorthand import long_form
from reconciler.engine.importing.names import slug
from reconciler.model.values import canonical_json

Settings = Mapping[str, Any]
#: A new template brings a file, its head, and one more thing to know.
_PRICE_OF_TEMPLATE = 8
#: A group is compared with so many templates, the most common ones: this keeps lifting linear.
_COMPARED = 32
_USUAL = "standard"
_TOLD_APART = 3
_LONGEST_WORD = 30


class _Group(Struct):
    """Offers with the same shared settings, by their positions. `texts` are the values in canonical text."""

    settings: Settings
    long: Settings
    texts: Mapping[str, str]
    members: list[int] = field(default_factory=list)


class _Choice(Struct):
    """Which templates there shall be, what each group says, and how many lines it all takes."""

    bases: dict[str, Settings]
    new: dict[str, Settings] = field(default_factory=dict)
    says: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    lines: int = 0


class Templates(Struct, frozen=True):
    """The new templates by name, and for each offer what its settings section says."""

    new: Mapping[str, Settings]
    sections: tuple[Any, ...]


def share(sections: Sequence[Settings], known: Mapping[str, Settings]) -> Templates:
    """Lift what these settings sections share. `known` are templates that may be used, in long form."""
    texts = [{path: canonical_json(value) for path, value in section.items()} for section in sections]
    shared = _shared_fields(texts) | {path for body in known.values() for path in body}
    groups = _grouped(sections, texts, shared)
    best = _choose(groups, known, {})
    if core := _core(groups):
        best = min(best, _choose(groups, known, core), key=lambda choice: choice.lines)
    out: list[Any] = list(sections)
    for group, (name, differing) in zip(groups, best.says, strict=True):
        for index in group.members if name else ():
            out[index] = _section(name, differing, sections[index], best.bases[name])
    return Templates(best.new, tuple(out))


def _choose(groups: list[_Group], known: Mapping[str, Settings], core: Settings) -> _Choice:
    """Go through the groups, the most common first, and give each the template that takes the fewest lines."""
    choice = _Choice(dict(known))
    if core:
        _add(choice, core)
    for group in groups:
        name, differing = _nearest(group.long, choice.bases)
        if _deserves_own(group, differing, known=bool(name)):
            name, differing = _add(choice, group.settings), ()
        choice.says.append((name, differing))
        said = differing if name else tuple(group.long)
        choice.lines += len(group.members) * (1 + sum(_lines(group.long[path]) for path in said))
    return choice


def _add(choice: _Choice, settings: Settings) -> str:
    name = _name(settings, choice)
    choice.new[name] = settings
    choice.bases[name] = long = long_form(TEMPLATE, settings)
    choice.lines += _PRICE_OF_TEMPLATE + sum(_lines(value) for value in long.values())
    return name


def _core(groups: list[_Group]) -> Settings:
    """Return the usual values of the fields that most offers have: the template that saves the most by itself."""
    having: Counter[str] = Counter()
    values: dict[str, Counter[str]] = defaultdict(Counter)
    samples: dict[tuple[str, str], Any] = {}
    for group in groups:
        for path, text in group.texts.items():
            having[path] += len(group.members)
            values[path][text] += len(group.members)
            samples.setdefault((path, text), group.settings[path])
    ranked = sorted(having, key=lambda path: (-having[path], path))
    usual = {path: min(values[path].items(), key=lambda item: (-item[1], item[0]))[0] for path in ranked}
    saved = [0] * (len(ranked) + 1)
    for group in groups:
        lines = 0
        for count, path in enumerate(ranked, 1):
            if path not in group.texts:
                break
            lines += _lines(group.long[path]) if group.texts[path] == usual[path] else 0
            saved[count] += lines * len(group.members)
    best = max(range(len(saved)), key=lambda count: (saved[count], count))
    chosen = frozenset(ranked[:best]) if saved[best] else frozenset()
    return {path: samples[path, usual[path]] for path in schema_for(TEMPLATE)["properties"] if path in chosen}


def _shared_fields(texts: Iterable[Mapping[str, str]]) -> set[str]:
    """Return the fields whose values repeat: on average each stands in two offers or more."""
    having: Counter[str] = Counter()
    values: dict[str, set[str]] = defaultdict(set)
    for section in texts:
        having.update(section.keys())
        for path, text in section.items():
            values[path].add(text)
    return {path for path, count in having.items() if len(values[path]) * 2 <= count}


def _grouped(sections: Sequence[Settings], texts: list[dict[str, str]], shared: set[str]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for index, (section, told) in enumerate(zip(sections, texts, strict=True)):
        text = "\n".join(f"{path} {told[path]}" for path in sorted(told) if path in shared)
        group = groups.get(text)
        if group is None:
            chosen = {path: value for path, value in section.items() if path in shared}
            mine = {path: told[path] for path in chosen}
            group = groups[text] = _Group(chosen, long_form(TEMPLATE, chosen), mine)
        group.members.append(index)
    found = sorted(groups.items(), key=lambda item: (-len(item[1].members), item[0]))
    return [group for _, group in found if group.settings]


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


def _name(settings: Settings, choice: _Choice) -> str:
    """Call the first template `standard`, and others after what sets them apart from it."""
    wanted = _USUAL
    if choice.new:
        usual = next(iter(choice.new.values()))
        apart = {path: value for path, value in settings.items() if usual.get(path) != value}
        words = [word for path, value in apart.items() if (word := _word(path, value))]
        wanted = "-".join(words) if words and len(apart) <= _TOLD_APART else _USUAL
    name, count = wanted, 1
    while name in choice.bases:
        count += 1
        name = f"{wanted}-{count}"
    return name


def _word(path: str, value: Any) -> str:
    """Return what a value is called by in a name: itself where it is a word, its field where it is a yes."""
    if value is True:
        return slug(path)
    return slug(value, "") if isinstance(value, str) and len(value) <= _LONGEST_WORD else ""
