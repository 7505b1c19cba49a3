"""What a project manages, and letting go of it. Needs `reconcile.yaml` and the ledger, and sends nothing."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from reconciler.documents.document import Account
from reconciler.model.memory import Managed, StateRow
from reconciler.runtime.commands.history import reading
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.accounts import account_of, project_of, spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.workspace import Workspace

_LOOK = "`reconcile state list` lists what is managed"


def state(workspace: Workspace, account: str | None, *, others: bool = False) -> tuple[StateRow, ...]:
    """Return what is managed in the accounts of the project; with `others`, by other projects there, too."""
    with reading(workspace) as ledger:
        return tuple(row for place in _places(workspace, account) for row in _rows(ledger, place, others=others))


def shown_state(workspace: Workspace, name: str, account: str | None) -> tuple[StateRow, ...]:
    """Return what is known of one resource, whoever manages it. RunStopped when nobody does."""
    with reading(workspace) as ledger:
        found: list[StateRow] = []
        for place in _places(workspace, account):
            baselines = ledger.baselines(place)
            for row in _rows(ledger, place, others=True):
                if _is_named(row.managed, name):
                    seen = baselines.get(row.managed.key)
                    found.append(StateRow(managed=row.managed, site=row.site, ours=row.ours, baseline=seen))
    if not found:
        raise RunStopped(f"{name} is not managed by any project on this ledger", _LOOK)
    return tuple(found)


def release(workspace: Workspace, names: Iterable[str], account: str | None) -> tuple[Managed, ...]:
    """Let go of these resources: nothing is sent, and removing their documents ends nothing any more.

    Names are as for `--target`, with shell wildcards. RunStopped when one of them names nothing.
    """
    released: list[Managed] = []
    with reading(workspace) as ledger:
        ledger.insist_on_keeping()
        places = {place: list(ledger.managed(place).values()) for place in _places(workspace, account)}
        for name in names:
            found = [(place, each) for place, rows in places.items() for each in rows if _is_named(each, name)]
            if not found:
                raise RunStopped(f"{name} is not managed by this project; nothing was released", _LOOK)
            released.extend(each for _, each in found if each not in released)
        for place in places:
            ledger.release(place, [each.key for each in released if each.key.account == place.account])
    return tuple(released)


def _places(workspace: Workspace, account: str | None) -> list[Place]:
    declared: Iterable[Account] = (
        [account_of(workspace, account)] if account else project_of(workspace).accounts.values()
    )
    return [place_of(each, spec_of(each)) for each in declared]


def _rows(ledger: Ledger, place: Place, *, others: bool) -> Iterator[StateRow]:
    for each in ledger.managed(place).values():
        yield StateRow(managed=each, site=str(place.site))
    if others:
        for each in ledger.foreign(place).values():
            yield StateRow(managed=each, site=str(place.site), ours=False)


def _is_named(each: Managed, name: str) -> bool:
    return fnmatchcase(each.key.name, name) or fnmatchcase(str(each.key), name)
