"""Which documents the flags of a command choose, and what is wrong with flags that choose nothing. Pure.

A pattern that matches nothing is a mistake: whoever mistypes a name must not be told that nothing is to do.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Unusable
from reconciler.documents.kinds import modules
from reconciler.documents.near import nearest_few
from reconciler.engine.along import Along
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.values import Value
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.images import files_of

#: What makes a name a pattern.
WILD = "*?["
_MOST_VALUES = 10


class Selection(Struct, frozen=True):
    """The documents of one account: those that were chosen, those that come along, and the rest.

    Of offers each has what the named modules have.
    """

    chosen: tuple[Desired, ...]
    others: tuple[Desired, ...]
    along: tuple[Along, ...] = ()

    @property
    def wanted(self) -> tuple[Desired, ...]:
        """Return what is planned."""
        return (*self.chosen, *(each.desired for each in self.along))

    def accompanied(self, along: tuple[Along, ...]) -> "Selection":
        """Return it with those of the rest that come along."""
        keys = {each.desired.key for each in along}
        return Selection(self.chosen, tuple(each for each in self.others if each.key not in keys), along)


def select(desired: Iterable[Desired], options: PlanOptions) -> Selection:
    """Divide the documents of one account. Every document is in one of both."""
    if declares_all(options) and not options.only:
        return Selection(tuple(desired), ())
    chosen: list[Desired] = []
    others: list[Desired] = []
    for each in desired:
        (chosen if _is_chosen(each, options) else others).append(each)
    if options.only:
        chosen = [only(each, options.only) for each in chosen]
        others = [only(each, options.only) for each in others]
    return Selection(tuple(chosen), tuple(others))


def declares_all(options: PlanOptions) -> bool:
    """Tell whether nothing but modules narrows the documents: only then can something be called removed."""
    return not (options.targets or options.files or options.select) and options.touched is None


def _is_chosen(each: Desired, options: PlanOptions) -> bool:
    if options.only and each.key.kind != OFFER and modules()[each.key.kind] not in options.only:
        return False
    return _is_named(each, options)


def _is_named(each: Desired, options: PlanOptions) -> bool:
    return (
        (options.touched is None or each.key in options.touched)
        and all(each.labels.get(name) == value for name, value in options.select.items())
        and (not options.targets or any(is_named(each, target) for target in options.targets))
        and (not options.files or any(is_in_file(each, file) for file in options.files))
    )


def chosen_unusable(account: str, unusable: Iterable[Unusable], options: PlanOptions) -> frozenset[Key]:
    """Return what a narrowed plan names of the documents that cannot be used: their labels are not known."""
    if options.select or options.files or declares_all(options):
        return frozenset()
    found = set()
    for each in unusable:
        key = Key(account, each.kind, each.known_as)
        names = (key, key._replace(name=each.name))
        if options.targets and not any(is_target(name, target) for target in options.targets for name in names):
            continue
        if options.touched is None or key in options.touched:
            found.add(key)
    return frozenset(found)


def is_named(each: Desired, target: str) -> bool:
    """Tell whether a target means this document: by its name, or by what it is known by on its account."""
    if is_target(each.key, target):
        return True
    return bool(each.document) and is_target(each.key._replace(name=each.document), target)


def is_target(key: Key, target: str) -> bool:
    """Tell whether a target (a name or Kind/name, with wildcards) means this key."""
    return fnmatchcase(key.name, target) or fnmatchcase(str(key), target)


def is_in_file(each: Desired, file: str) -> bool:
    """Tell whether a document is written in this file or folder, or inherits from there."""
    return any(lies_in(path, file) for path in files_of(each))


def lies_in(path: str, file: str) -> bool:
    """Tell whether a path is this file, or below this folder, or as this pattern has it."""
    return file in (path, "", ".") or path.startswith(f"{file.rstrip('/')}/") or fnmatchcase(path, file)


def only(each: Desired, modules: Collection[Module]) -> Desired:
    """Return what the named modules have of an offer; other documents belong to one module as a whole."""
    if each.key.kind != OFFER:
        return each
    named = {module.value for module in modules}
    besides = each.besides.of_modules(named) if each.besides is not None else None
    return replace(each, fields=_part(each.fields, named), unsynced=_part(each.unsynced, named), besides=besides)


def _part(fields: Mapping[str, Value], modules: Collection[str]) -> dict[str, Value]:
    return {path: value for path, value in fields.items() if path.partition(".")[0] in modules}


# --- what chooses nothing --------------------------------------------------------------------------------------


def mistakes(
    accounts: Iterable[Iterable[Desired]],
    options: PlanOptions,
    managed: Callable[[], Collection[Module]] = tuple,
    unusable: Iterable[Key] = (),
    flag: str = "--target",
) -> tuple[Diagnostic, ...]:
    """Return an error for each flag that chooses nothing in all of these accounts together.

    `managed` are the modules of what is managed: of these something may have lost its document. `unusable` are
    documents that cannot be used: a target may name one, and it is not known what else they say. `flag` is what
    the command calls its targets. That a git range touches nothing of what they choose is no mistake.
    """
    options = replace(options, touched=None)
    if declares_all(options) and not options.only:
        return ()
    every = [each for desired in accounts for each in desired]
    broken = tuple(unusable)
    found = [*_targets(every, broken, options, flag), *_labels(every, options), *_files(every, options)]
    chosen = [each for each in every if _is_named(each, options)]
    if any(is_target(key, target) for key in broken for target in options.targets):
        return tuple(found)
    if not found and not chosen and every:
        found.append(_nothing_together(options, flag))
    if not found:
        found.extend(_modules(chosen, options, managed))
    return tuple(found)


def _targets(
    every: list[Desired], broken: tuple[Key, ...], options: PlanOptions, flag: str
) -> Iterator[Diagnostic]:
    declared = [each.key._replace(name=name) for each in every for name in each.names] if options.targets else []
    for target in options.targets:
        keys = (*declared, *broken)
        if not any(is_target(key, target) for key in keys):
            names = (str(key) if "/" in target else key.name for key in keys)
            yield _nothing(
                "D316",
                f"{flag} {target} matches no document",
                _near(target, names) or _how_many(every),
                "what has lost its document is ended by a plan of everything only",
            )


def _labels(every: list[Desired], options: PlanOptions) -> Iterator[Diagnostic]:
    for name, value in options.select.items():
        values = {each.labels[name] for each in every if name in each.labels}
        if not values:
            names = {label for each in every for label in each.labels}
            yield _nothing("D317", f"no document has a label {name}", _near(name, names) or _are("labels", names))
        elif value not in values:
            hint = _near(value, values) or _are("values", values)
            yield _nothing("D317", f"no document has the label {name}={value}", hint)


def _files(every: list[Desired], options: PlanOptions) -> Iterator[Diagnostic]:
    paths: set[str] = set()
    for file in options.files:
        if not any(is_in_file(each, file) for each in every):
            paths = paths or {path for each in every for path in files_of(each)}
            yield _nothing(
                "D318",
                f"--file {file} has no document, and none inherits from it",
                _near(file, {*paths, *(path.rpartition("/")[0] for path in paths)} - {""})
                or "name a file or folder of the project, or a pattern such as 'offers/*.yaml'",
            )


def _nothing_together(options: PlanOptions, flag: str) -> Diagnostic:
    flags = [
        *(f"{flag} {each}" for each in options.targets),
        *(f"--select {name}={value}" for name, value in options.select.items()),
        *(f"--file {each}" for each in options.files),
    ]
    return _nothing(
        "D319",
        f"no document is chosen by all of these together: {' '.join(flags)}",
        f"each of them alone chooses some; several {flag} are alternatives, and so are several --file",
    )


def _modules(
    chosen: list[Desired], options: PlanOptions, managed: Callable[[], Collection[Module]]
) -> Iterator[Diagnostic]:
    declared = {module for each in chosen for module in _modules_of(each)}
    unsaid = sorted(options.only - declared)
    removable = managed() if unsaid and declares_all(options) else ()
    for module in unsaid:
        if module not in removable:
            whom = "that was chosen " if not declares_all(options) else ""
            yield _nothing("D319", f"--only {module}: no document {whom}declares it", _are("modules", declared))


def _modules_of(each: Desired) -> Iterator[Module]:
    if each.key.kind != OFFER:
        yield modules()[each.key.kind]
        return
    for section in {path.partition(".")[0] for path in (*each.fields, *each.unsynced)}:
        yield Module(section)


def _nothing(code: str, summary: str, hint: str, detail: str = "") -> Diagnostic:
    return error(code, summary, hint=hint, detail=detail)


def _near(word: str, names: Iterable[str]) -> str:
    """Ask whether one of the nearest names was meant; a pattern is compared without its wildcards."""
    plain = word.translate({ord(each): None for each in WILD})
    length = len(plain) if plain != word else None
    begins = {name[:length]: name for name in names}
    near = [begins[each] for each in nearest_few(plain, begins)]
    return f"did you mean {' or '.join(near)}?" if near else ""


def _are(what: str, names: Iterable[str]) -> str:
    known = sorted(names)
    more = f" and {len(known) - _MOST_VALUES:,} more" if len(known) > _MOST_VALUES else ""
    return f"the {what} are {', '.join(known[:_MOST_VALUES])}{more}" if known else f"there are no {what}"


def _how_many(every: list[Desired]) -> str:
    return f"none of {len(every):,} documents has such a name; * and ? stand for letters"
