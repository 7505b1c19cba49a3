"""Looking up what a plan is about to write: what no read call could refuse is left for the apply to find out.

Only what changes is looked up, each fact once, and what was looked up is known for a time (`lookups.py`): a second
plan asks for none of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from msgspec.structs import replace

from reconciler.engine.fees import FEE, to_ask
from reconciler.engine.known.facts import AccountFacts, Catalogue, CategoryParameters
from reconciler.engine.known.findings import Needed, findings, needed, parameters_needed, taxes_needed
from reconciler.engine.known.subject import Subject, by_module, subjects
from reconciler.engine.stock import QUANTITY
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, error, warning
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import Zero
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import MarketplaceFailed
from reconciler.runtime.observe import lookups
from reconciler.runtime.observe.snapshot import Observed
from reconciler.runtime.progress import in_steps

_PARALLEL = 30
T = TypeVar("T")


async def what_is_known(
    opened: Session,
    desired: Sequence[Desired],
    declared: Iterable[Key],
    observed: Observed,
    part: AccountPlan,
) -> tuple[Diagnostic, ...]:
    """Return what an apply of this plan would be refused for. `declared` are the keys of all its documents."""
    if not part.changes:
        return ()
    live = _by_id(observed)
    written = subjects(part.changes, desired, live)
    if not written:
        return ()
    coming = frozenset(each.key for each in written if each.change.verb is Verb.CREATE)
    account = _account(opened, observed, live, part.references, cache(lambda: frozenset(declared)), coming)
    asking = _Asking(opened)
    catalogue = await asking.catalogue(written, needed(written, account))
    refused = await _zeros_refused(opened, part.changes)
    found = findings(
        written,
        part.changes,
        account,
        catalogue,
        lambda steps: in_steps(steps, "looking what would be refused", opened.progress),
    )
    return (*found, *refused, *asking.unanswered())


async def _zeros_refused(opened: Session, changes: Iterable[Change]) -> tuple[Diagnostic, ...]:
    """Return which numbers of no pieces the seller's preference refuses; it is asked for where there are any."""
    pieces = opened.spec.kinds[OFFER].fields.get(QUANTITY)
    if pieces is None or pieces.zero is not Zero.OPTION:
        return ()
    fields = [(change, each) for change in changes for each in change.fields if each.path == QUANTITY]
    none = [(change, each) for change, each in fields if each.after == 0 and change.verb is Verb.UPDATE]
    if not none or await lookups.keeps_empty(opened) is not False:
        return ()
    return tuple(
        error(
            "P247",
            f"`{QUANTITY}` of {change.key.name}: the seller does not keep listings without stock, so 0 is refused",
            mark=each.mark,
            hint=f"turn that preference on at {opened.spec.title}, or say `zero: ends` in the account",
            about=change.key,
        )
        for change, each in none
    )


async def with_fees(opened: Session, observed: Observed, changes: Iterable[Change]) -> Observed | None:
    """Return what was observed with what it costs to put on sale what these do; None: nothing was asked."""
    wanted = [each.remote_id for each in to_ask(changes, opened.spec.kinds) if each.remote_id]
    if not wanted:
        return None
    told = await opened.ask(opened.provider.fees(opened.reading(), wanted))
    live = tuple(
        replace(each, facts={**each.facts, FEE: told[each.remote_id]})
        if each.kind == OFFER and each.remote_id in told
        else each
        for each in observed.snapshot.live
    )
    snapshot = replace(observed.snapshot, live=live, requests=dict(opened.runner.requests))
    return replace(observed, snapshot=snapshot)


async def refused_now(
    opened: Session, changes: Iterable[Change], desired: Sequence[Desired], observed: Observed
) -> dict[tuple[Key, str], Diagnostic]:
    """Return which fields of changes could not be written now, and why: judged, and refused, module by module."""
    parts = [each for change in changes for each in by_module(change)]
    live = _by_id(observed)
    written = subjects(parts, desired, live)
    if not written:
        return {}
    account = _account(opened, observed, live, observed.references)
    catalogue = await _Asking(opened).catalogue(written, needed(written, account))
    refused: dict[tuple[Key, str], Diagnostic] = {}
    for part in parts:
        said = findings(subjects([part], desired, live), [part], account, catalogue)
        if wrong := next((each for each in said if each.severity is Severity.ERROR), None):
            refused.update({(part.key, field.path): wrong for field in part.fields})
    return refused


def _by_id(observed: Observed) -> dict[tuple[str, str], Live]:
    return {(each.kind, each.remote_id): each for each in observed.snapshot.live}


def _account(
    opened: Session,
    observed: Observed,
    live: Mapping[tuple[str, str], Live],
    references: Mapping[str, Mapping[str, str]],
    declared: Callable[[], frozenset[Key]] = frozenset,
    coming: frozenset[Key] = frozenset(),
) -> AccountFacts:
    return AccountFacts(
        spec=opened.spec,
        base_market=opened.identity.base_market,
        references=references,
        ambiguous=observed.ambiguous,
        declared=declared,
        coming=coming,
        live=live,
        refused_kinds=observed.refused_kinds,
    )


class _Asking:
    """Asks, and remembers what was not answered: one failed look-up costs what it was to tell, and no more."""

    def __init__(self, opened: Session) -> None:
        self._opened = opened
        self._failed: list[str] = []

    async def catalogue(self, written: Sequence[Subject], wanted: Needed) -> Catalogue:
        """Look up all that is needed; what categories have last, since a product may tell the category."""
        opened = self._opened
        by_gtin = await self._each(wanted.gtins, lambda key: lookups.products_of(opened, key))
        by_id = await self._each(wanted.products, lambda key: lookups.product_by_id(opened, key))
        categories = await self._each(wanted.categories, lambda key: lookups.category_of(opened, key))
        methods = await self._each({""} if wanted.methods else (), lambda _: lookups.methods_of(opened))
        markets = await self._each({""} if wanted.markets else (), lambda _: lookups.markets_of(opened))
        packages = await self._each({""} if wanted.packages else (), lambda _: lookups.packages_of(opened))
        templates = await self._each({""} if wanted.templates else (), lambda _: lookups.templates_of(opened))
        found = Catalogue(
            categories=categories,
            by_gtin=by_gtin,
            by_id=by_id,
            methods={each.id: each for each in methods.get("", ())},
            markets=markets.get("", {}),
            packages=packages.get(""),
            templates=templates.get(""),
        )
        return await self._of_categories(written, found)

    async def _of_categories(self, written: Sequence[Subject], found: Catalogue) -> Catalogue:
        """Look up what categories have besides."""
        opened = self._opened
        parameters = await self._each(
            parameters_needed(written, found), lambda key: lookups.parameters_of(opened, key)
        )
        taxes = await self._each(taxes_needed(written, found), lambda key: lookups.taxes_of(opened, key))
        filled = {key: CategoryParameters(each) for key, each in parameters.items()}
        return replace(found, parameters=filled, taxes=taxes)

    async def _each(self, keys: Iterable[str], ask: Callable[[str], Awaitable[T]]) -> dict[str, T]:
        chosen = sorted(keys)
        tasks = [self._task(key, ask) for key in chosen]
        answers = await gather(tasks, _PARALLEL)
        return {key: answer[0] for key, answer in zip(chosen, answers, strict=True) if answer}

    def _task(self, key: str, ask: Callable[[str], Awaitable[T]]) -> Callable[[], Awaitable[tuple[T, ...]]]:
        async def task() -> tuple[T, ...]:
            try:
                return (await ask(key),)
            except MarketplaceFailed as failed:
                if not failed.lone:
                    raise
                self._failed.append(failed.summary)
                return ()

        return task

    def unanswered(self) -> Iterable[Diagnostic]:
        """Yield a warning where something could not be looked up: an apply may then be refused for it."""
        if self._failed:
            count = len(self._failed)
            yield warning(
                "P241",
                f"{count} of what this plan writes could not be looked up: {self._failed[0]}",
                detail="whether the marketplace takes it shows when it is applied",
                hint="plan again later",
            )
