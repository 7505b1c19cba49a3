"""What a project has already of an account, as `pull` has to know it: nothing gets a second document.

The documents of offers at rest are not loaded for it: each is known by the name that its offer bears as its key.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Document, folders_up
from reconciler.documents.kinds import TEMPLATE
from reconciler.engine.importing.imported import Present
from reconciler.engine.match import match
from reconciler.engine.resolve import relabel
from reconciler.model.memory import Baseline
from reconciler.model.offers import OFFER, Key
from reconciler.model.spec import Identity
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.needed import Asked
from reconciler.runtime.observe.resting import Sleepers
from reconciler.runtime.observe.snapshot import Observed
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace


class Declared(Struct, frozen=True):
    """What documents declare of one account: what was loaded (`resolved`, of it `wanted`), and offers at rest.

    `left_alone` are the files that were not loaded, those of other accounts as well.
    """

    resolved: Resolved
    wanted: Wanted
    sleepers: Sleepers | None = None
    left_alone: tuple[str, ...] = ()

    def at_rest(self) -> Mapping[str, str]:
        """Return the offers whose documents were not loaded, or their numbers only: ids by names."""
        rests = self.sleepers.rests if self.sleepers else None
        return dict(zip(rests.name, rests.remote_id, strict=True)) if rests else {}


def present_in(workspace: Workspace, declared: Declared, folder: Path, asked: Asked, *, alone: bool) -> Present:
    """Say what the project has already, as far as it concerns this account and this folder."""
    documents, wanted = declared.resolved.documents, declared.wanted
    mine = [each for each in documents.documents if each.account in (wanted.account.name, None)]
    adopted = {(each.kind, str(each.body["adopt"])) for each in mine if each.body.get("adopt")}
    adopted |= {(each.kind, each.adopt) for each in wanted.unusable if each.adopt}
    others = {(each.kind, name) for each in wanted.unusable for name in each.names}
    others |= {(OFFER, name) for name in declared.at_rest()}
    below = folder.relative_to(workspace.root).as_posix()
    return Present(
        keys=frozenset((each.kind, each.known_as) for each in mine) | others,
        names=frozenset((each.kind, each.name) for each in mine) | others,
        adopted=frozenset(adopted),
        templates={each.name: _settings(each) for each in mine if each.kind == TEMPLATE},
        paths=frozenset(_files(folder)),
        occupied=_occupied(declared, "" if below == "." else f"{below}/"),
        asked=asked,
        alone=alone,
    )


def without_remembered(opened: Session, present: Present, declared: Declared) -> Asked:
    """Return what is read in full: what has no document, or one that was never compared with it.

    Beside offers at rest there are few that are asked about, and each is looked up.
    """
    account = opened.account.name
    every = None if declared.sleepers else opened.ledger.baselines(opened.place)

    def asked(kind: str, name: str, remote_id: str) -> bool:
        if not present.asked(kind, name, remote_id):
            return False
        if kind != OFFER or (kind, name) not in present.keys:
            return True
        key = Key(account, kind, name)
        known = every if every is not None else opened.ledger.baselines_of(opened.place, [key])
        return key not in known or known[key].remote_id != remote_id

    return asked


def remembered(opened: Session, declared: Declared, keys: Iterable[Key]) -> Mapping[Key, Baseline]:
    """Return what is remembered of these, and of whatever else where nothing is at rest."""
    if declared.sleepers is None:
        return opened.ledger.baselines(opened.place)
    return opened.ledger.baselines_of(opened.place, keys)


def with_what_is_there(present: Present, opened: Session, declared: Declared, observed: Observed) -> Present:
    """Add what has a document that does not show: what was left at rest, what is adopted by documents that were
    loaded meanwhile, and what bears no key there. A bundle is called as somebody likes, and known by its members,
    or by the id that is remembered.
    """
    rests = observed.resting
    adopted = {(each.key.kind, each.adopt) for each in observed.woken if each.adopt}
    present = replace(
        present,
        at_rest=tuple(zip(rests.name, rests.remote_id, strict=True)),
        adopted=present.adopted | adopted,
    )
    kinds = {name for name, kind in opened.spec.kinds.items() if kind.identity is Identity.MEMBERS}
    live = [each for each in observed.snapshot.live if each.kind in kinds]
    if not live:
        return present
    managed = opened.ledger.managed_but(opened.place, OFFER, ())
    known = {key: each.remote_id for key, each in managed.items() if key.kind in kinds}
    bundles = [each for each in declared.wanted.desired if each.key.kind in kinds]
    mine = relabel(bundles, opened.spec, opened.names.labels)
    without = {(each.kind, each.remote_id) for each in match(mine, live, opened.spec, known).unmanaged}
    there = {(each.kind, each.remote_id) for each in live} - without
    there |= {(key.kind, remote_id) for key, remote_id in known.items() if (key.kind, key.name) in present.keys}
    return replace(present, adopted=present.adopted | there)


def _settings(template: Document) -> Mapping[str, object]:
    return {key: value for key, value in template.body.items() if key not in ("labels", "sync")}


def _files(folder: Path) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = Path(here).relative_to(folder).as_posix()
        prefix = "" if above == "." else f"{above}/"
        yield from (prefix + name for name in names)


def _occupied(declared: Declared, prefix: str) -> frozenset[str]:
    """Return the folders below the target that hold documents, seen from the target."""
    folders = {document.folder for document in declared.resolved.documents.documents}
    folders |= {file.rpartition("/")[0] for file in declared.left_alone}
    found: set[str] = set()
    for folder in folders:
        if f"{folder}/".startswith(prefix):
            found.update(folders_up(folder[len(prefix) :]))
    return frozenset(found)
