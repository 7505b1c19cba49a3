"""`sync status`: how many resources of each account have which toggle of each module, and which level says so."""

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.model.modules import Mode, Module
from reconciler.model.toggling import Decided, ModuleToggles
from reconciler.runtime.commands.resolving import load
from reconciler.runtime.commands.sync import toggleables
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.workspace import Workspace


def sync_status(workspace: Workspace, accounts: Sequence[str], progress: Progress) -> tuple[ModuleToggles, ...]:
    """Return a row for each module of each account, also where nothing belongs to it."""
    resolved = load(workspace, progress, accounts)
    found: dict[tuple[str, Module], Counter[tuple[Mode, str]]] = {
        (each.account.name, module): Counter() for each in resolved.wanted for module in Module
    }
    for each in toggleables(resolved.documents):
        for module in Module:
            if each.key is not None and each.has(module) and (each.key.account, module) in found:
                found[each.key.account, module][each.toggle(module)] += 1
    return tuple(
        ModuleToggles(account=account, module=module, decided=tuple(_sorted(counts)))
        for (account, module), counts in found.items()
    )


def _sorted(counts: Counter[tuple[Mode, str]]) -> Iterator[Decided]:
    """Yield the toggles in their order, of each the level first that most follow."""
    order = list(Mode)
    for (mode, level), count in sorted(
        counts.items(), key=lambda each: (order.index(each[0][0]), -each[1], each[0][1])
    ):
        yield Decided(mode=mode, level=level, count=count)
