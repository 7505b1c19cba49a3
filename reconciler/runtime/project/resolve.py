"""From a workspace to what is desired, account by account: everything that can be known offline."""

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Account, Documents, Unusable
from reconciler.documents.effective import Effective
from reconciler.documents.kinds import SOURCE
from reconciler.documents.layers import effective
from reconciler.documents.left_out import unusable, with_sku
from reconciler.documents.markets import on_site
from reconciler.documents.numbers import numbers_alone
from reconciler.documents.ownership import released
from reconciler.documents.skus import as_known
from reconciler.documents.sources import sources_of
from reconciler.documents.specs import load_spec
from reconciler.documents.templates import Renderer
from reconciler.documents.written import write_texts
from reconciler.engine.limits import check_limits
from reconciler.engine.pictures import Picture
from reconciler.engine.resolve import resolve
from reconciler.engine.rules.fill import fill
from reconciler.engine.rules.given import Given, Market, used_in
from reconciler.engine.rules.tables import Table
from reconciler.engine.rules.windows import of_a_moment
from reconciler.engine.summed import summed
from reconciler.model.diagnostics import Diagnostic, Severity, error
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Desired, Key, Origin
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.tables import Readout, Source, SourceRead
from reconciler.runtime.clock import WallClock
from reconciler.runtime.collector import collector_off
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.choosing import chosen_accounts
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.pictured import bad_images, image_namer, refused_images, without_images
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.tables import connector_problems, read_maps
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.project.zones import freeze_findings, markets_of, moment_meant


class ReadSources(Protocol):
    """Reads sources, by their names and by what their documents say, for a project of this name."""

    @property
    def show_private(self) -> bool:
        """Tell whether what is private may be told."""
        ...

    def __call__(
        self, sources: Mapping[str, Source], definitions: Mapping[str, Mapping[str, Any]], project: str
    ) -> Mapping[str, Readout]:
        """Return what was read of each."""
        ...


class Wanted(Struct, frozen=True, kw_only=True):
    """What the documents want of one account.

    `released` are the keys that documents let go, with their places. `levels` are the toggles that the project and
    the account say themselves, and `protected` who of these two forbids to end anything: what holds for things
    whose document is gone. `findings` are about resources of this account, `unusable` its documents that are
    there and have no desired state, `unread` the places of what may declare anything of it. `sources` are what
    its fields were filled in from, and `places` where the accounts are whose offers may sell the same pieces.
    `skus` are the names of offers' documents that their keys have not, each with what the key has.
    """

    account: Account
    spec: MarketplaceSpec
    desired: tuple[Desired, ...]
    released: Mapping[Key, Mark] = field(default_factory=dict)
    levels: Mapping[Module, Mode] = field(default_factory=dict)
    protected: Origin | None = None
    findings: tuple[Diagnostic, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    unread: tuple[Mark, ...] = ()
    sources: Mapping[str, SourceRead] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    skus: Mapping[str, str] = field(default_factory=dict)

    def mistaken(self) -> dict[Key, Mark | None]:
        """Return what has a document with mistakes: nobody can say all that it wants."""
        found = {self._key(each): each.mark for each in self.unusable}
        wrong = {(e.about.kind, e.about.name) for e in self.findings if e.about and e.severity is Severity.ERROR}
        for each in self.desired:
            if each.key in found or (each.key.kind, each.key.name) in wrong:
                found[each.key] = each.origin("name").mark
        return found

    def claimed(self) -> dict[tuple[str, str], Key]:
        """Return what documents that cannot be used stand for besides: kind, and an id or another name."""
        claims = ((each, name) for each in self.unusable for name in ({each.adopt} | each.names) - {""})
        return {(each.kind, name): self._key(each) for each, name in claims if name != each.known_as}

    def _key(self, each: Unusable) -> Key:
        return Key(self.account.name, each.kind, each.known_as)


class Resolved(Struct, frozen=True, kw_only=True):
    """A whole project, resolved, or the chosen accounts of it; with every finding, and what was read.

    `moment` is the one whose prices it has. `articles` are those that offers follow, `items` those that they are
    of, and `tables` what was read of sources (`FilledIn`).
    """

    documents: Documents
    wanted: tuple[Wanted, ...]
    diagnostics: tuple[Diagnostic, ...]
    moment: datetime
    sources: Mapping[str, SourceRead] = field(default_factory=dict)
    articles: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    tables: Mapping[str, Table] = field(default_factory=dict)


def resolve_project(
    workspace: Workspace,
    images: Callable[[Place], Mapping[str, str]] = lambda _place: {},
    asked: Sequence[str] = (),
    read: ReadSources | None = None,
    at: str = "",
    load: Callable[[], Documents] | None = None,
    progress: Progress = SILENT,
    besides: Callable[[], Collection[str]] = tuple,
) -> Resolved:
    """Load, check and resolve what is asked for: accounts by names and wildcards, all of them without any.

    `images` gives the known addresses of a site's images, `read` reads sources; without it what comes from them is
    left out. Mistakes in what belongs to other accounts only are left out, and counted. `at` is the moment whose
    prices are meant, as it was written; now without it. `load` loads the documents, where not all are meant, and
    `besides` tells, when they are loaded, which sources are read though none of these names them.
    """
    with collector_off():
        documents = load() if load is not None else workspace.load(progress=progress)
        every = documents.project.accounts
        names = tuple(every) if documents.fatal else chosen_accounts(asked, every)
        moment, untold = moment_meant(at, documents, names)
        filled = fill_in(workspace, documents, names, read, moment, progress, besides())
        layered = numbers_alone(filled.documents, documents.numbers_only)
        found, problems = write_texts(list(layered), Renderer(workspace.read_text))
        by_account: dict[str, list[Effective]] = {name: [] for name in names}
        for each in found:
            by_account[each.account].append(each)
        frozen = freeze_findings(documents, names, moment)
        said = [*untold, *frozen, *of_these(documents, names), *filled.diagnostics, *problems]
        places = _places(every) if filled.sources else {}
        wanted: list[Wanted] = []
        for name in names:
            part, mistakes = _account(workspace, documents, every[name], by_account[name], images, progress)
            said.extend(mistakes)
            if part is not None:
                wanted.append(replace(part, sources=filled.sources, places=places))
    gc.freeze()
    about: dict[str, list[Diagnostic]] = {}
    for finding in said:
        if finding.about is not None:
            about.setdefault(finding.about.account, []).append(finding)
    found_of = {name: (*about.get(name, ()), *about.get("", ())) for name in names}
    return Resolved(
        documents=documents,
        moment=moment,
        wanted=tuple(replace(each, findings=as_known(found_of[each.account.name], each.skus)) for each in wanted),
        diagnostics=tuple(said),
        sources=filled.sources,
        articles=filled.articles,
        items=filled.items,
        tables=filled.tables,
    )


def _account(
    workspace: Workspace,
    documents: Documents,
    account: Account,
    found: Sequence[Effective],
    images: Callable[[Place], Mapping[str, str]],
    progress: Progress,
) -> tuple[Wanted | None, Sequence[Diagnostic]]:
    """Resolve one account's documents, with what is wrong; nothing where its marketplace is not known."""
    name = account.name
    try:
        spec = on_site(load_spec(account.marketplace), account)
    except LookupError as unknown:
        return None, (error("D505", str(unknown), mark=account.mark),)
    refused: dict[str, WorkspaceFault] = {}
    pictures: dict[str, tuple[str, Picture]] = {}
    namer = image_namer(workspace, images(place_of(account, spec)), refused, pictures)
    lost = [
        *(with_sku(each, account) for each in documents.unusable if each.account in (name, "")),
        *(unusable(each.document, each.lacks, name) for each in found if each.lacks),
    ]
    skus = {each.name: each.sku for each in lost if each.sku}
    skus |= {each.document.name: each.document.sku for each in found if each.document.sku}
    usable = [each for each in found if not each.lacks]
    told = "resolving documents", progress
    desired, mistakes = resolve(usable, spec, namer, skus, lambda documents: in_steps(documents, *told))
    wanted = Wanted(
        account=account,
        spec=spec,
        desired=desired,
        released=released(documents, name),
        levels=documents.project.levels(name),
        protected=documents.project.protection(name),
        unusable=(*lost, *without_images(desired, refused)),
        skus=skus,
        unread=documents.unread(name),
    )
    return wanted, (
        *mistakes,
        *check_limits(in_steps(desired, "checking limits", progress), spec),
        *summed(desired, spec),
        *refused_images(desired, refused),
        *bad_images(desired, pictures, spec),
    )


class FilledDocuments(Struct, frozen=True, kw_only=True):
    """Documents with their layers merged and their numbers filled in, what was found, read, and is followed."""

    documents: tuple[Effective, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, SourceRead] = field(default_factory=dict)
    articles: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    tables: Mapping[str, Table] = field(default_factory=dict)


def fill_in(
    workspace: Workspace,
    documents: Documents,
    names: Sequence[str],
    read: ReadSources | None,
    moment: datetime,
    progress: Progress = SILENT,
    besides: Collection[str] = (),
) -> FilledDocuments:
    """Merge layers, and fill in what comes from sources: where there are any, with an eye on all accounts."""
    declared = documents.of(SOURCE)
    wanted, told = None if declared else names, ("merging layers", progress)
    layered, problems = effective(
        documents, render=None, accounts=wanted, counted=lambda documents: in_steps(documents, *told)
    )
    markets, unzoned = markets_of(documents)
    timed = of_a_moment(layered, markets, moment)
    found = timed.documents
    known, broken, mistakes = sources_of(declared)
    useless, unfit = connector_problems(declared, known)
    known, broken = {name: each for name, each in known.items() if name not in useless}, broken | useless
    definitions = {each.name: each.body for each in declared}
    used = {name: known[name] for name in sorted(used_in(found, known).union(known.keys() & besides))}
    mapped, unmapped = read_maps(workspace, used.values())
    # Without its map nobody knows which article an offer is: its own name may be that of another one.
    used = {name: each for name, each in used.items() if name in mapped or not each.map}
    given = Given(
        sources=known,
        broken=broken | documents.broken_sources | unmapped.keys(),
        readings=read(used, definitions, documents.project.name) if read is not None and used else {},
        maps=mapped,
        now=WallClock().now(),
        moment=moment,
        show_private=read is not None and read.show_private,
    )
    filled = fill(found, given, markets)
    to_come = _to_come(timed.others, given, markets, filled.diagnostics)
    chosen = tuple(each for each in filled.documents if each.account in names)
    about = frozenset(names)
    return FilledDocuments(
        documents=chosen,
        diagnostics=(
            *problems,
            *mistakes,
            *unfit,
            *unmapped.values(),
            *unzoned,
            *(
                each
                for each in (*timed.diagnostics, *filled.diagnostics, *to_come)
                if each.about is None or each.about.account in about
            ),
        ),
        sources={name: _told(reading, definitions[name]) for name, reading in given.readings.items()},
        articles=filled.articles,
        items=filled.items,
        tables=filled.tables,
    )


def _to_come(
    others: Sequence[Effective], given: Given, markets: Mapping[str, Market], said: Sequence[Diagnostic]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the price rules of other moments, and is not said of this one."""
    known = {(each.code, each.mark, each.summary) for each in said}
    found = fill(others, replace(given, readings={}), markets).diagnostics
    return (e for e in found if e.code == "D613" and (e.code, e.mark, e.summary) not in known)


def _told(reading: Readout, definition: Mapping[str, Any]) -> SourceRead:
    return SourceRead(
        name=reading.source,
        state=reading.state,
        as_of=reading.as_of.isoformat(timespec="seconds"),
        rows=len(reading.rows),
        digest=reading.digest,
        why=reading.why,
        hint=reading.hint,
        definition=definition,
    )


def _places(accounts: Mapping[str, Account]) -> dict[str, Place]:
    found = {}
    for name, account in accounts.items():
        try:
            found[name] = place_of(account, on_site(load_spec(account.marketplace), account))
        except LookupError:
            continue  # told where the account is resolved
    return found


def of_these(documents: Documents, names: Sequence[str]) -> list[Diagnostic]:
    """Leave out the findings about other accounts only; one line tells in how many files there are mistakes."""
    mine = [each for each in documents.diagnostics if documents.concerns(each, names)]
    kept = {id(each) for each in mine}
    others = {
        each.mark.file
        for each in documents.diagnostics
        if id(each) not in kept and each.mark and each.severity is Severity.ERROR
    }
    if others:
        files = f"{len(others):,} file{'s' * (len(others) != 1)}"
        # All accounts share an article: what such an offer was seen to show is given to no other one.
        shared = "what their offers show of shared articles is given to no other offer"
        left = shared if documents.of(SOURCE) else "this plan does not need them"
        summary = f"{files} of other accounts left out with mistakes; {left}"
        mine.append(Diagnostic(severity=Severity.NOTE, code="P113", summary=summary))
    return mine
