"""A look at one account, as a plan takes it, for commands that only tell: nothing is sent, nothing remembered."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from reconciler.documents.kinds import named_kinds
from reconciler.documents.near import did_you_mean
from reconciler.engine.diff import Scope
from reconciler.engine.match import Matched, match
from reconciler.engine.open_orders import Siblings, siblings_of
from reconciler.engine.renaming import in_new_names
from reconciler.engine.resolve import relabel
from reconciler.engine.rules.unknown import ROWLESS
from reconciler.model.diagnostics import Diagnostic, Severity, error, in_reading_order
from reconciler.model.memory import Baseline, Managed
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.runtime.clock import ahead_of_machine
from reconciler.runtime.collector import collector_off
from reconciler.runtime.commands.history import reading
from reconciler.runtime.connection.session import session
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.observe.elsewhere import elsewhere
from reconciler.runtime.observe.resting import Sleepers
from reconciler.runtime.observe.snapshot import observe
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace


class Looked(Struct, frozen=True, kw_only=True):
    """One account: documents paired with what is live, and what is remembered.

    `matched` is None where the marketplace was not asked. `complete`: the list did not come out short.
    """

    wanted: Wanted
    desired: tuple[Desired, ...]
    baselines: Mapping[Key, Baseline]
    managed: Mapping[Key, Managed]
    matched: Matched | None = None
    live: tuple[Live, ...] = ()
    complete: bool = True
    now: datetime | None = None
    ahead: timedelta = timedelta(0)
    siblings: Siblings = field(default_factory=Siblings)

    @property
    def scope(self) -> Scope:
        """Return what a comparison needs besides the two sides."""
        assert self.now is not None, "the marketplace was not asked"
        return Scope(now=self.now, ahead=self.ahead, baseline=self.baselines.get, siblings=self.siblings)


def remembered(workspace: Workspace, wanted: Wanted, *, some: bool = False) -> Looked:
    """Return what is known of an account without asking anybody; of `some` documents what is known of these."""
    place = place_of(wanted.account, wanted.spec)
    with reading(workspace) as ledger:
        return Looked(
            wanted=wanted,
            desired=wanted.desired,
            baselines=_baselines(ledger, place, (each.key for each in wanted.desired), some=some),
            managed=ledger.managed(place),
        )


def _baselines(ledger: Ledger, place: Place, keys: Iterable[Key], *, some: bool) -> Mapping[Key, Baseline]:
    if some:
        return dict(ledger.baselines_of(place, keys))
    return dict(ledger.baselines(place))


async def looked(
    workspace: Workspace,
    wanted: Wanted,
    asked: tuple[Desired, ...],
    progress: Progress,
    sleepers: Sleepers | None = None,
) -> Looked:
    """Look at an account for these documents, and pair all of the account's with what is there.

    What will be renamed is called by its new name on both sides, as in a plan.

    With `sleepers`, the others that are at rest are in neither.
    """
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        with collector_off():
            moving = (each for each in wanted.desired if each.moved_from)  # else nobody knows what is renamed yet
            known_by = {each.key: each for each in (*asked, *moving)}
            observed = await observe(opened, tuple(known_by.values()), sleepers=sleepers)
            every = wanted.desired
            if sleepers is not None:
                every = sleepers.now_desired(every, observed.numbers, observed.woken)
            desired = relabel(every, wanted.spec, opened.names.labels)
            managed = opened.ledger.managed(opened.place)
            known = {key: each.remote_id for key, each in managed.items()}
            desired, live, _ = in_new_names(desired, observed.snapshot.live, {}, wanted.spec, known)
            some, now = sleepers is not None, opened.clock.now()
            ours = [each for each in live if each.key in managed]
            keys = {*(each.key for each in desired), *(each.key for each in ours if each.key)}
            baselines = _baselines(opened.ledger, opened.place, keys, some=some)
            matched = match(desired, live, wanted.spec, known)
            ahead, others = ahead_of_machine(now), elsewhere(opened, wanted.places, desired)
            return Looked(
                wanted=wanted,
                desired=desired,
                baselines=baselines,
                managed=managed,
                matched=matched,
                live=live,
                complete=observed.snapshot.complete,
                now=now,
                ahead=ahead,
                siblings=siblings_of(matched.pairs, ours, baselines.get, others, now, ahead),
            )


def mistakes(resolved: Resolved) -> tuple[Diagnostic, ...]:
    """Return the errors of documents. What a source has no row of today is none: it costs its own offer."""
    errors = (each for each in resolved.diagnostics if each.severity is Severity.ERROR)
    return in_reading_order(each for each in errors if each.code != ROWLESS)


def named(name: str) -> tuple[str, str]:
    """Return kind and name of what a command calls `NAME` (an offer) or `Kind/name`."""
    kind, slash, plain = name.partition("/")
    return (kind, plain) if slash and kind in named_kinds() else (OFFER, name)


def keys_of(each: Desired) -> Iterator[Key]:
    """Yield by which names people choose a document, as keys."""
    return (each.key._replace(name=name) for name in each.names)


def nothing_named(name: str, known: Iterable[Key], where: str = "") -> BadDocuments:
    """Return the refusal of a name that nothing bears, with the one that is most like it."""
    names = {str(key) if key.kind != OFFER else key.name for key in known}
    hint = did_you_mean(name, names, otherwise="`reconcile list` lists what there is.")
    return BadDocuments((error("D330", f"there is nothing named {name}{where}", hint=hint),))
