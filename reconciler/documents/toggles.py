"""Where toggles are said: the places that a document inherits them from, and which of them decides. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.documents.document import Document, Project
from reconciler.documents.effective import Effective, Layer
from reconciler.documents.kinds import OFFER, TEMPLATE, modules
from reconciler.documents.project import modes
from reconciler.model.marks import Mark
from reconciler.model.modules import Level, Mode, Module
from reconciler.model.offers import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class TogglePlace:
    """A place where toggles can be said: `above` are the keys that lead to them. `modes` are those that are said.

    Two places are one when they stand at the same place of a file.
    """

    file: str
    index: int
    above: tuple[str, ...]
    level: Level = field(compare=False)
    name: str = field(compare=False)
    document: Document = field(compare=False, repr=False)
    modes: Mapping[Module, Mode] = field(compare=False, repr=False)

    def said(self, module: Module) -> Mode | None:
        """Return what is said of a module, if anything is."""
        return self.modes.get(module)

    def mark(self, module: Module) -> Mark:
        """Return where the toggle of a module stands, or would stand."""
        return self.document.mark(*self.above, module.value)


class Toggleable(Struct, frozen=True, kw_only=True):
    """What toggles hold for: a document in one account, or (without a key) what may come into an account later.

    `places` are those that it takes them from, the nearest first.
    """

    key: Key | None
    places: tuple[TogglePlace, ...]

    def mode(self, module: Module) -> Mode:
        """Return the toggle of a module."""
        return self.toggle(module)[0]

    def toggle(self, module: Module) -> tuple[Mode, str]:
        """Return the toggle of a module, and the level that says it: `default` where none does."""
        for place in self.places:
            mode = place.said(module)
            if mode is not None:
                return mode, place.name
        return Mode.AUTO, "default"

    def has(self, module: Module) -> bool:
        """Tell whether a module is one of it: an offer has all six, anything else belongs to one."""
        return self.key is None or self.key.kind == OFFER or modules()[self.key.kind] is module

    def open_to(self, module: Module) -> Iterator[TogglePlace]:
        """Yield the places that decide its toggle, or would if they said it: up to the nearest that does."""
        for place in self.places:
            yield place
            if place.said(module) is not None:
                return


def toggleable_of(of: Effective, project: Project) -> Toggleable:
    """Return a document with the places that its toggles are said in."""
    own, *inherited = (layer for layer in of.layers if not layer.adapts)  # `for` says no toggles
    inherited.sort(key=lambda layer: layer.document.kind != TEMPLATE)
    return Toggleable(
        key=of.key,
        places=(*map(_of_layer, (own, *inherited)), *account_places(of.account, project)),
    )


def account_places(account: str, project: Project) -> Iterator[TogglePlace]:
    """Yield the places of reconcile.yaml that speak for an account, the nearest first."""
    if project.document is not None:
        above, said = ("accounts", account, "sync"), project.accounts[account].sync
        yield _place(Level.ACCOUNT, f"account {account}", project.document, above, said)
    yield from project_places(project)


def project_places(project: Project) -> Iterator[TogglePlace]:
    """Yield the place of reconcile.yaml that speaks for all accounts, where there is such a file."""
    if project.document is not None:
        yield _place(Level.ACCOUNT, "project", project.document, ("sync",), project.sync)


def _of_layer(layer: Layer) -> TogglePlace:
    level = Level.OFFER if not layer.above and not layer.below else Level.FOLDER if layer.above else Level.TEMPLATE
    return _place(level, layer.level, layer.document, ("sync",), modes(layer.document.body.get("sync", {})))


def _place(
    level: Level, name: str, document: Document, above: tuple[str, ...], said: Mapping[Module, Mode]
) -> TogglePlace:
    return TogglePlace(
        file=document.source.path,
        index=document.index,
        above=above,
        level=level,
        name=name,
        document=document,
        modes=said,
    )
