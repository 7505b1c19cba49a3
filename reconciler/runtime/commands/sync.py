"""`sync`: toggles of many documents at once, written where the fewest places say them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct, field

from reconciler.documents.document import Document, Documents
from reconciler.documents.editing import Setting, with_settings
from reconciler.documents.layers import effective
from reconciler.documents.switching import switch
from reconciler.documents.toggles import Toggleable, TogglePlace, account_places, project_places, toggleable_of
from reconciler.documents.writing import BareWord
from reconciler.model.diagnostics import Diagnostic, error, in_reading_order
from reconciler.model.modules import Level, Mode, Module
from reconciler.model.plan import Plan
from reconciler.model.toggling import Toggled, ToggledAt, Toggling
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.resolving import load
from reconciler.runtime.commands.sync_check import Switched, verified
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.resolve import Resolved
from reconciler.runtime.project.selection import declares_all, mistakes, select
from reconciler.runtime.project.texts import EditedTexts
from reconciler.runtime.project.workspace import Workspace

#: What comes before the toggles of a document.
_HEAD = ("kind", "name", "sku", "account", "labels", "match", "adopt", "moved")


class SyncOptions(Struct, frozen=True, kw_only=True):
    """Which modules of what was chosen get which toggle, and at which level: where the fewest places say it."""

    modules: tuple[Module, ...]
    mode: Mode
    chosen: PlanOptions = field(default_factory=PlanOptions)
    level: Level | None = None


def make_toggling(workspace: Workspace, options: SyncOptions, progress: Progress) -> Toggling:
    """Find where the toggles are to be said, and write the texts. Nothing is put in place.

    BadDocuments when the documents have errors, nothing was chosen, or a toggle cannot be said so that it holds
    for what was chosen and for nothing else.
    """
    with alone(workspace.root):
        take_back(workspace.root)
    resolved = load(workspace, progress, options.chosen.accounts)
    chosen, others = _divided(resolved, options)
    _insist_on_modules(chosen, options)
    choices = {module: switch(chosen, others, module, options.mode, options.level) for module in options.modules}
    _insist(each for choice in choices.values() for each in choice.problems)
    said = [
        Switched(place=place, module=module, mode=options.mode)
        for module, choice in choices.items()
        for place in choice.places
    ]
    texts = EditedTexts(workspace.root)
    _insist(_written(texts, said))
    files = texts.changed()
    after = verified(workspace, resolved, files, said)
    return Toggling(
        mode=options.mode,
        chosen={module: sum(_is_in(each, module) for each in chosen) for module in options.modules},
        toggled=tuple(_toggled(chosen, options)),
        places=tuple(_places(after, said)),
        files=files,
    )


def next_plan(workspace: Workspace, toggling: Toggling, options: SyncOptions, progress: Progress) -> Plan:
    """Make the plan that the next `reconcile plan` of these accounts makes, as if the files were written."""
    to_be = Workspace(workspace.root, {path: after for path, (_, after) in toggling.files.items()})
    return make_plan(to_be, PlanOptions(accounts=options.chosen.accounts), progress)


def write_toggling(workspace: Workspace, toggling: Toggling) -> None:
    """Replace the files, all of them or none."""
    with alone(workspace.root):
        take_back(workspace.root)
        rewrite(workspace.root, toggling.files)


def toggleables(documents: Documents) -> list[Toggleable]:
    """Return every document that toggles hold for, in each account."""
    found, _ = effective(documents, render=None)
    return [toggleable_of(each, documents.project) for each in found]


def _divided(resolved: Resolved, options: SyncOptions) -> tuple[list[Toggleable], list[Toggleable]]:
    """Return what was chosen, and the rest; each with what comes into its accounts later."""
    wanted = resolved.wanted
    _insist(mistakes((each.desired for each in wanted), options.chosen, flag="--name"))
    keys = {each.key for part in wanted for each in select(part.desired, options.chosen).chosen}
    chosen: list[Toggleable] = []
    others: list[Toggleable] = []
    for each in toggleables(resolved.documents):
        (chosen if each.key in keys else others).append(each)
    whole, project = declares_all(options.chosen), resolved.documents.project
    named = {part.account.name for part in wanted} if whole else set()
    for account in project.accounts:
        later = Toggleable(key=None, places=tuple(account_places(account, project)))
        if account in named:
            chosen.append(later)
        elif whole or options.level is None:  # at a level that was asked for, whoever asks knows
            others.append(later)
    if named != project.accounts.keys():  # a project holds for accounts that come later
        others.append(Toggleable(key=None, places=tuple(project_places(project))))
    return chosen, others


def _insist(problems: Iterable[Diagnostic]) -> None:
    if found := tuple(problems):
        raise BadDocuments(in_reading_order(found))


def _insist_on_modules(chosen: list[Toggleable], options: SyncOptions) -> None:
    _insist(
        error(
            "D641",
            f"nothing that was chosen has the module {module}",
            hint="An offer has all six modules, any other document the one that it belongs to.",
        )
        for module in options.modules
        if not any(_is_in(each, module) for each in chosen)
    )


def _is_in(each: Toggleable, module: Module) -> bool:
    return each.key is not None and each.has(module)


def _toggled(chosen: Iterable[Toggleable], options: SyncOptions) -> Iterator[Toggled]:
    for each in chosen:
        for module in options.modules:
            if each.key and each.has(module) and (before := each.mode(module)) is not options.mode:
                yield Toggled(key=each.key, module=module, before=before)


def _places(documents: Mapping[tuple[str, int], Document], said: Iterable[Switched]) -> Iterator[ToggledAt]:
    for each in said:
        mark = documents[each.place.file, each.place.index].mark(*each.place.above, each.module.value)
        yield ToggledAt(module=each.module, level=each.place.name, mark=mark)


def _written(texts: EditedTexts, said: Iterable[Switched]) -> Iterator[Diagnostic]:
    """Write toggles into the texts, each file once; yield what cannot be written."""
    by_file: dict[str, dict[TogglePlace, dict[str, str]]] = {}
    for each in said:
        words = by_file.setdefault(each.place.file, {}).setdefault(each.place, {})
        words[each.module.value] = BareWord(each.mode.value)
    for places in by_file.values():
        refused: dict[int, str] = {}
        settings = [Setting(place.index, place.above, words) for place, words in places.items()]
        told = list(places)
        if texts.is_link(told[0].file):
            refused[0] = "the file is a symbolic link"
        else:
            texts.change(told[0].document.source, partial(_edited, settings=settings, refused=refused))
        for number, why in refused.items():
            mark = told[number].document.mark(*told[number].above)
            hint = "Change it by hand, or say it at another --level."
            yield error("D644", "the toggles here cannot be changed", mark=mark, detail=f"{why}.", hint=hint)


def _edited(text: str, settings: list[Setting], refused: dict[int, str]) -> str:
    changed, problems = with_settings(text, settings, after=_HEAD)
    refused.update(problems)
    return changed
