"""Toggles that are to be said, and how many there are: what `sync` shows."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key


class Decided(Struct, frozen=True, kw_only=True):
    """How many resources have a toggle because a level says so; `default` where no level does."""

    mode: Mode
    level: str
    count: int


class ModuleToggles(Struct, frozen=True, kw_only=True):
    """The toggles of one module in one account: of its offers, and of other resources in the module."""

    account: str
    module: Module
    decided: tuple[Decided, ...] = ()

    def count(self, mode: Mode) -> int:
        """Return how many resources have this toggle."""
        return sum(each.count for each in self.decided if each.mode is mode)


class Toggled(Struct, frozen=True, kw_only=True):
    """One module of one resource, whose toggle becomes another one."""

    key: Key
    module: Module
    before: Mode


class ToggledAt(Struct, frozen=True, kw_only=True):
    """A place where a toggle is to be said: the level in words, and where it will stand."""

    module: Module
    level: str
    mark: Mark


class Toggling(Struct, frozen=True, kw_only=True):
    """A toggle for what was chosen. `chosen` is how many have each module; `files` maps a path to its text before
    and after.
    """

    mode: Mode
    chosen: Mapping[Module, int]
    toggled: tuple[Toggled, ...] = ()
    places: tuple[ToggledAt, ...] = ()
    files: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
