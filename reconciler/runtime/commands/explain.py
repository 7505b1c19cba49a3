"""`explain`: where a value comes from, who decided that it is synced, what is live, and what an apply would do."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Documents, Unusable
from reconciler.documents.effective import Effective
from reconciler.documents.near import did_you_mean
from reconciler.documents.said import effective_of, in_documents, toggles_said, values_said
from reconciler.engine.creation import creation
from reconciler.engine.diff import diff
from reconciler.engine.equality import seen_as
from reconciler.engine.explaining import Pair, next_step
from reconciler.engine.memory import digest_of
from reconciler.engine.rules.windows import of_a_moment
from reconciler.engine.stock import QUANTITY
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.explained import Explained, ExplainedField, Step
from reconciler.model.history import Blamed
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.trace import TraceStep
from reconciler.model.values import Gain, Value
from reconciler.runtime.commands.history import reading, writers
from reconciler.runtime.commands.looking import Looked, keys_of, looked, mistakes, named, nothing_named, remembered
from reconciler.runtime.commands.resolving import load_what_can_be
from reconciler.runtime.commands.rested import Resting, begun
from reconciler.runtime.connection.session import run
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.observe.resting import Sleepers
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.selection import WILD
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.project.zones import markets_of
from reconciler.runtime.sources.gather import SourceReader

#: A number that follows a source is said by where it comes from.
_FROM = "stock.from"


class Explanation(Struct, frozen=True, kw_only=True):
    """What was asked for, explained, and what is wrong with it."""

    found: tuple[Explained, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def explain(
    workspace: Workspace,
    name: str,
    field: str | None,
    account: str | None,
    *,
    offline: bool,
    progress: Progress,
    sources: Mapping[str, str] | None = None,
    private: bool = False,
) -> Explanation:
    """Explain one resource, or one field or module of it, in each account that declares it.

    `sources` names files that sources are read from; offline only files are read. `private` shows what columns
    that are private say.
    """
    read = SourceReader(
        workspace=workspace, progress=progress, instead=sources or {}, near=offline, show_private=private
    )
    what = named(name)
    resting = _begun(workspace, what, account, progress, read)
    if resting is None:
        resolved = load_what_can_be(workspace, progress, (account,) if account else (), read)
    else:
        resolved = resting.awake.resolved
    accounts = resolved.wanted
    found = [
        (wanted, each)
        for wanted in accounts
        for each in wanted.desired
        if each.key.kind == what[0] and what[1] in each.names
    ]
    if not found:
        raise _cannot_be_used(resolved, what) or nothing_named(
            name, (key for wanted in accounts for each in wanted.desired for key in keys_of(each))
        )
    markets, _ = markets_of(resolved.documents)
    timed = of_a_moment(effective_of(resolved.documents, *what), markets, resolved.moment)
    by_key = {each.key: each for each in timed.documents}
    explained = []
    for wanted, desired in found:
        sleepers = resting.sleepers(wanted.account.name) if resting and resting.book else None
        here = _look(workspace, wanted, desired, progress, sleepers, offline=offline)
        with reading(workspace) as ledger:
            written = writers(ledger, desired.key, resolved.documents.project.name)
        explained.append(_explained(here, desired.key, by_key[desired.key], resolved.documents, written))
    return Explanation(
        found=tuple(_only(each, field) for each in explained) if field else tuple(explained),
        diagnostics=_about(resolved, what, {each.key.name for _, each in found}),
    )


def _about(resolved: Resolved, what: tuple[str, str], known_as: set[str]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a resource; mistakes of others do not change what is explained."""
    kind, names = what[0], {what[1], *known_as}
    return tuple(e for e in mistakes(resolved) if e.about and e.about.kind == kind and e.about.name in names)


def _cannot_be_used(resolved: Resolved, what: tuple[str, str]) -> BadDocuments | None:
    """Return why a document cannot be explained that is there: it, or what it inherits from, has mistakes."""
    unusable = [each for wanted in resolved.wanted for each in wanted.unusable if _is_it(each, what)]
    unread = any(wanted.unread for wanted in resolved.wanted)
    return BadDocuments(mistakes(resolved)) if unusable or unread else None


def _is_it(each: Unusable, what: tuple[str, str]) -> bool:
    return each.kind == what[0] and what[1] in (each.name, each.known_as)


def _begun(
    workspace: Workspace, what: tuple[str, str], account: str | None, progress: Progress, read: SourceReader
) -> Resting | None:
    """Load what is named and what may have moved; None where that cannot be told from the rest."""
    target = "/".join(what)
    if any(sign in target for sign in WILD):
        return None
    options = PlanOptions(targets=(target,), accounts=(account,) if account else ())
    return begun(workspace, options, progress, read)


def _look(
    workspace: Workspace,
    wanted: Wanted,
    desired: Desired,
    progress: Progress,
    sleepers: Sleepers | None,
    *,
    offline: bool,
) -> Looked:
    if offline:
        return remembered(workspace, wanted, some=sleepers is not None)
    return run(looked(workspace, wanted, (desired,), progress, sleepers))  # type: ignore[no-any-return]


def _explained(
    here: Looked, key: Key, effective: Effective, documents: Documents, written: Mapping[str, Blamed]
) -> Explained:
    desired = next(each for each in here.desired if each.key == key)
    kind = here.wanted.spec.kinds[key.kind]
    pair = _pair(here, desired, kind)
    live, baseline = (pair.live if pair else None), here.baselines.get(key)
    fields = []
    withheld = dict.fromkeys(desired.sourced.withheld) if desired.sourced else {}
    for path, value in _in_order({**withheld, **desired.fields, **desired.unsynced}, kind):
        spec = kind.field(path)
        module = (spec.module if spec else None) or kind.module
        mode, decided = desired.modes.get(module, (Mode.AUTO, "default")) if module else (Mode.AUTO, "default")
        seen = _seen(kind, path, value, live)
        step, why = next_step(pair, path) if pair else (Step.UNASKED, "")
        known = baseline.digests.get(path) if baseline else None
        writer = written.get(path)
        fields.append(
            ExplainedField(
                path=path,
                value=value,
                said=values_said(effective, _FROM if path == QUANTITY and desired.sourced else path),
                module=module,
                mode=mode,
                decided=decided,
                toggles=toggles_said(effective, documents.project, module) if module else (),
                live=seen,
                seen=live is not None,
                step=step,
                why=why,
                as_remembered=None if known is None else known == digest_of(value),
                writer=writer,
                elsewhere=_elsewhere(kind, path, writer, live, step),
                trace=_trace(desired, path),
            )
        )
    remote_id = live.remote_id if live else baseline.remote_id if baseline else None
    return Explained(
        key=key,
        mark=desired.origin("name").mark,
        remote_id=remote_id,
        title=str((live.fields if live else desired.fields).get("content.title") or ""),
        document=desired.document,
        there=live is not None if pair else None,
        fields=tuple(fields),
    )


def _trace(desired: Desired, path: str) -> tuple[TraceStep, ...]:
    """Return how a value comes from its window and its source, or why it does not."""
    words = desired.window(path)
    window = (TraceStep(text=words, mark=desired.origin(path).mark),) if words else ()
    if desired.sourced is None:
        return window
    why = desired.sourced.withheld.get(path)
    unknown = (TraceStep(text=f"not known: {why}", mark=desired.origin(path).mark),) if why else ()
    return (*window, *desired.sourced.told.trace(path), *unknown)


def _pair(here: Looked, desired: Desired, kind: KindSpec) -> Pair | None:
    if here.matched is None:
        return None
    pair = next((each for each in here.matched.pairs if each[0].key == desired.key), None)
    if pair is None:  # which live resource it is cannot be told
        raise BadDocuments(here.matched.diagnostics)
    live = pair[1]
    found = diff(desired, live, kind, here.scope) if live else creation(desired, kind, here.scope)
    return Pair(desired=desired, live=live, found=found, kind=kind, scope=here.scope)


def _in_order(fields: Mapping[str, Value], kind: KindSpec) -> list[tuple[str, Value]]:
    """Order fields as the spec does; the further markets of a `.*` after them."""
    ranks = {path: rank for rank, path in enumerate(kind.fields)}
    return sorted(fields.items(), key=lambda each: (ranks.get(each[0], len(ranks)), each[0]))


def _seen(kind: KindSpec, path: str, value: Value, live: Live | None) -> Value:
    spec = kind.field(path)
    there = live.fields.get(path) if live else None
    return seen_as(spec.equality, value, there) if spec and live else there


def _elsewhere(kind: KindSpec, path: str, writer: Blamed | None, live: Live | None, step: Step) -> bool:
    """Tell whether somebody else has written since our last write. Stock moves with every sale."""
    if writer is None or live is None or isinstance(writer.value, Gain) or path == "stock.quantity":
        return False
    return step is not Step.UNCLEAR and _seen(kind, path, writer.value, live) != writer.value


# --- one field of it -------------------------------------------------------------------------------------------


def _only(explained: Explained, field: str) -> Explained:
    """Keep one field, or the fields of one module; a deeper path (`content.parameters.Stan`) means its field."""
    asked = field.rstrip(".")
    kept = list(_matching(explained.fields, asked))
    if not kept:
        raise _no_field(explained, asked)
    return replace(explained, fields=tuple(kept))


def _matching(fields: Iterable[ExplainedField], asked: str) -> Iterator[ExplainedField]:
    for each in fields:
        written = in_documents(each.path)
        if asked in (each.path, written) or each.path.startswith(f"{asked}.") or asked.startswith(f"{written}."):
            yield each


def _no_field(explained: Explained, asked: str) -> BadDocuments:
    paths = [each.path for each in explained.fields]
    module, _, _ = asked.partition(".")
    known = asked in set(Module) or module in set(Module)
    hint = did_you_mean(asked, paths, otherwise=f"It declares {', '.join(paths) or 'nothing'}.")
    about = "no document declares it, so it is left alone" if known else ""
    summary = f"{explained.key.name} declares no `{asked}`"
    return BadDocuments(
        (error("D331", summary, mark=explained.mark, detail=about, hint=hint, about=explained.key),)
    )
