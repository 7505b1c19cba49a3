"""A project judged one document after the other: nothing of an offer has to stay once it was looked at.

For whoever wants to know whether documents are valid, and not what they say. What has to be known of all of them
together is gathered on the way; the findings are those of `resolve_project`, in the same order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

from msgspec import Struct

from reconciler.documents.document import Document, Documents
from reconciler.documents.effective import Effective
from reconciler.documents.kinds import OFFER, SOURCE
from reconciler.documents.layers import Layering
from reconciler.documents.left_out import with_sku
from reconciler.documents.markets import on_site
from reconciler.documents.specs import load_spec
from reconciler.documents.templates import Renderer
from reconciler.documents.written import TextWriter
from reconciler.engine.embedded import Embedded, embedded
from reconciler.engine.limits import LimitChecks
from reconciler.engine.pictures import Picture
from reconciler.engine.resolve import Resolving
from reconciler.engine.rules.fill import has_rules, without_rules
from reconciler.engine.rules.findings import Told
from reconciler.engine.rules.windows import Calendar
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import Desired
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.collector import collector_off
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.pictured import DoubtfulImages, bad_images, image_namer, refused_images
from reconciler.runtime.project.resolve import of_these, resolve_project
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.project.zones import freeze_findings, markets_of, moment_meant

K = TypeVar("K")
#: So many documents go through one step after the other: code that is at work stays near the processor.
_BATCH = 64


class JudgedAccount(Struct, Generic[K], frozen=True):
    """What was kept of each resource of an account, in the order of documents."""

    name: str
    spec: MarketplaceSpec
    kept: list[K]


class Judged(Struct, Generic[K], frozen=True):
    """A whole project, with every finding; what is `summed` may be missing. `articles` as in `FilledIn`."""

    accounts: tuple[JudgedAccount[K], ...]
    diagnostics: tuple[Diagnostic, ...]
    articles: frozenset[str] = frozenset()


def judge(
    workspace: Workspace, documents: Documents, keep: Callable[[Desired], K], progress: Progress = SILENT
) -> Judged[K]:
    """Resolve and check all documents of a project that is not asked for its sources; `keep` says what stays.

    Rules are filled in together, so a project that has any is resolved as a whole.
    """
    if not documents.of(SOURCE) and not documents.broken_sources:
        with collector_off():
            try:
                return _Judging(workspace, documents, keep).of_all(progress)
            except _HasRules:
                pass
    resolved = resolve_project(workspace, load=lambda: documents, progress=progress)
    return Judged(
        tuple(
            JudgedAccount(each.account.name, each.spec, [keep(one) for one in each.desired])
            for each in resolved.wanted
        ),
        resolved.diagnostics,
        resolved.articles,
    )


class _HasRules(Exception):  # noqa: N818 - nothing is wrong: they are resolved together
    """A document has a rule for its stock or a price."""


class _Judging(Generic[K]):
    """Judges the documents of one project."""

    def __init__(self, workspace: Workspace, documents: Documents, keep: Callable[[Desired], K]) -> None:
        self._workspace, self._documents, self._keep = workspace, documents, keep
        self._names = tuple(documents.project.accounts)
        self._markets, self._unzoned = markets_of(documents)
        self._moment, self._untold = moment_meant("", documents, self._names)
        self._layering = Layering(documents)
        self._calendar = Calendar(self._markets, self._moment)
        self._told = Told()
        self._texts = TextWriter(Renderer(workspace.read_text))

    def of_all(self, progress: Progress) -> Judged[K]:
        """Return what was kept and found. Others go before offers: these may be written with what others say."""
        every = self._documents.documents
        others = self._ready([each for each in every if each.kind != OFFER])
        accounts, unknown = self._accounts(others)
        for name, account in accounts.items():
            account.add([each for each in others if each.account == name and not each.lacks])
        offers = (each for each in in_steps(every, "resolving documents", progress) if each.kind == OFFER)
        while batch := list(islice(offers, _BATCH)):
            ready = self._ready(batch)
            for name, account in accounts.items():
                account.add([each for each in ready if each.account == name and not each.lacks])
        if any(map(has_rules, self._calendar.others)):
            raise _HasRules
        found = accounts.values()
        return Judged(
            tuple(JudgedAccount(each.name, each.spec, each.kept) for each in found),
            (*self._findings(), *unknown, *(one for each in found for one in each.findings())),
        )

    def _ready(self, documents: Sequence[Document]) -> list[Effective]:
        """Return documents in each of their accounts, with what they inherit and their texts. Raise _HasRules."""
        layered = [one for each in documents for one in self._layering.of(each, self._names)]
        timed = [self._calendar.of(each) for each in layered]
        if any(map(has_rules, timed)):
            raise _HasRules
        plain = [without_rules(each, self._told) for each in timed]
        return [self._texts.of(each) for each in plain]

    def _accounts(self, others: Sequence[Effective]) -> tuple[dict[str, "_Account[K]"], list[Diagnostic]]:
        """Begin with each account; tell of those whose marketplace is not known."""
        found: dict[str, _Account[K]] = {}
        unknown: list[Diagnostic] = []
        skus = self._skus()
        for name, account in self._documents.project.accounts.items():
            try:
                spec = on_site(load_spec(account.marketplace), account)
            except LookupError as wrong:
                unknown.append(error("D505", str(wrong), mark=account.mark))
                continue
            parts = embedded((each for each in others if each.account == name and not each.lacks), spec)
            found[name] = _Account(name, spec, self._workspace, parts, skus[name], self._keep)
        return found, unknown

    def _skus(self) -> dict[str, dict[str, str]]:
        """Return what offers are known by whose key has not the name of their document, account by account."""
        found: dict[str, dict[str, str]] = {}
        for name, account in self._documents.project.accounts.items():
            lost = (with_sku(one, account) for one in self._documents.unusable if one.account in (name, ""))
            found[name] = {each.name: each.sku for each in lost if each.sku}
        for document in self._documents.documents:
            if document.sku and document.account in found:
                found[document.account][document.name] = document.sku
        return found

    def _findings(self) -> Iterator[Diagnostic]:
        """Yield what was found before documents are resolved."""
        yield from self._untold
        yield from freeze_findings(self._documents, self._names, self._moment)
        yield from of_these(self._documents, self._names)
        yield from self._layering.findings
        yield from self._unzoned
        yield from self._calendar.told.diagnostics
        yield from self._calendar.notes()
        yield from self._told.diagnostics
        yield from self._texts.faults()


class _Account(Generic[K]):
    """Resolves and checks the documents of one account."""

    def __init__(
        self,
        name: str,
        spec: MarketplaceSpec,
        workspace: Workspace,
        parts: Embedded,
        skus: Mapping[str, str],
        keep: Callable[[Desired], K],
    ) -> None:
        self.name, self.spec, self._keep = name, spec, keep
        self.kept: list[K] = []
        self._refused: dict[str, WorkspaceFault] = {}
        self._pictures: dict[str, tuple[str, Picture]] = {}
        namer = image_namer(workspace, {}, self._refused, self._pictures)
        self._resolving = Resolving(spec, namer, parts, skus)
        self._limits = LimitChecks(spec)
        self._broken: list[Diagnostic] = []
        self._doubtful = DoubtfulImages(self._refused, self._pictures, spec)
        self._with_images: list[Desired] = []

    def add(self, documents: Sequence[Effective]) -> None:
        """Resolve and check documents that lack nothing."""
        found = [desired for each in documents if (desired := self._resolving.of(each)) is not None]
        self._broken.extend(problem for each in found for problem in self._limits.of(each))
        self._with_images.extend(each for each in found if self._doubtful.named_by(each))
        self.kept.extend(map(self._keep, found))

    def findings(self) -> Iterator[Diagnostic]:
        """Yield all that is wrong with them, but what is summed."""
        yield from self._resolving.problems
        yield from self._broken
        images = tuple(self._with_images)
        yield from refused_images(images, self._refused)
        yield from bad_images(images, self._pictures, self.spec)
