"""What planning compared, and what a run makes of it: the only way into memory. Pure.

Nothing is remembered that was not compared and found equal, or written and read back. So a narrowed run, a held
module and a refused row leave no trace, and whoever finishes a run after a crash remembers the same.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.diff import Difference
from reconciler.engine.stock import QUANTITY, is_literal
from reconciler.engine.zero import NONE, resumes
from reconciler.model.memory import Baseline, Compared, Counted, Managed, Remembered, Written
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import EXTERNAL_ID, NAME, NUMBERS, Desired, Key, Live
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Action
from reconciler.model.spec import KindSpec
from reconciler.model.values import Gain, Money, Value, digest

_NOBODY = Baseline(remote_id="")
#: What a resource is called is its key, and no field of its document.
_NAMES = frozenset({EXTERNAL_ID, NAME})


def digest_of(value: Value) -> str:
    """Return what a field's desired value is remembered by: the beginning of its `digest`.

    Of what JSON has as it stands the canonical text is what orjson writes, and that takes a tenth of the time.
    What many offers have in common (how and where from they are sent, their state) is digested once.
    """
    return _digest_of_single(value) if type(value) in _SINGLE else _digest_of(value)


#: What has no parts, and may be looked for among what was digested.
_SINGLE = frozenset({str, int, bool, type(None)})


@lru_cache(maxsize=4096, typed=True)
def _digest_of_single(value: str | int | bool | None) -> str:
    return _digest_of(value)


def _digest_of(value: Value) -> str:
    if type(value) is Money:
        return digest(value)[:16]
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # it holds money somewhere, or a number that is longer than those of a machine
        return digest(value)[:16]
    return hashlib.sha256(text).hexdigest()[:16]


def fingerprint(desired: Desired, remembered: str = "") -> str:
    """Return what all desired fields together are known by: cheap, for it is asked of every resource.

    Its first half is of what is neither price nor stock, the other one of these. Where these alone were looked at,
    the first half is as `remembered`.
    """
    rest, numbers = dict[str, Value](), dict[str, Value]()
    for path, value in desired.fields.items():
        (numbers if path.startswith(NUMBERS) else rest)[path] = value
    if QUANTITY in numbers:
        numbers["stock.form"] = desired.stock_form
    return (_print(rest) if desired.besides is None else remembered[:_REST]) + _print(numbers)


def _print(fields: Mapping[str, Value]) -> str:
    body = orjson.dumps(fields, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(body, digest_size=8).hexdigest()


#: How long the half of a fingerprint is that is of what is neither price nor stock.
_REST = 16


class Recollection(Struct, frozen=True, kw_only=True):
    """What is remembered already: baselines and what this project manages. `whole`: no module was named.

    `digested` is the last value of each field that was digested: offers of one folder share what they inherit.
    """

    baselines: Mapping[Key, Baseline]
    managed: Mapping[Key, Managed]
    whole: bool = True
    digested: dict[str, tuple[Value, str]] = field(default_factory=dict)


def compare(
    desired: Desired, live: Live | None, found: Difference, kind: KindSpec, known: Recollection
) -> Compared | None:
    """Return what there is to remember of one pair; None when all of it is remembered already."""
    baseline = known.baselines.get(desired.key, _NOBODY)
    print_, stock = fingerprint(desired, baseline.fingerprint), _toggle(desired, kind)
    differs = found.differs
    looked = found.stock is not None and found.stock.counted is not None
    if live is not None and not differs and not looked and _is_known(desired, live, print_, stock, known):
        return None
    rest_known = live is not None and known.whole and _knows_the_rest(baseline, live, print_)
    fields = desired.fields if live is not None else {}
    told = {path: each for path, each in fields.items() if path.startswith(NUMBERS)} if rest_known else fields
    return Compared(
        key=desired.key,
        remote_id=live.remote_id if live else None,
        equal=_equal(told, differs, known.digested) | _unlooked(desired, baseline, known),
        differ=tuple(path for path in desired.fields if live is None or path in differs),
        rest_known=rest_known,
        whole=known.whole,
        fingerprint=print_ if known.whole else "",
        declared=_declared(desired, found),
        counted=found.stock.counted if found.stock else None,
        replaced=found.stock.replaced if found.stock else None,
        stock=stock,
        protected=desired.protected,
        takes_over=desired.adopt is not None,
        moved_from=desired.moved_from,
    )


def _declared(desired: Desired, found: Difference) -> dict[str, Value]:
    """Return the number to remember; None to forget the one before: one that is filled up makes it void."""
    if QUANTITY not in desired.fields:
        return {}
    if not is_literal(desired):
        return {QUANTITY: None}
    if found.stock is None or found.stock.declared is None:
        return {}
    return {QUANTITY: found.stock.declared}


def _is_known(desired: Desired, live: Live, print_: str, stock: Mode, known: Recollection) -> bool:
    baseline, mine = known.baselines.get(desired.key, _NOBODY), known.managed.get(desired.key)
    as_now = (live.remote_id, stock, desired.protected)
    is_mine = mine is not None and (mine.remote_id, mine.stock, mine.protected) == as_now
    if not known.whole:
        return baseline.remote_id == live.remote_id and all(
            baseline.digests.get(path) == digest_of(value) for path, value in desired.fields.items()
        )
    return is_mine and (baseline.remote_id, baseline.fingerprint) == (live.remote_id, print_)


def _knows_the_rest(baseline: Baseline, live: Live, print_: str) -> bool:
    """Tell whether all but price and stock is remembered as it is desired: then it is not told again."""
    return baseline.remote_id == live.remote_id and baseline.fingerprint[:_REST] == print_[:_REST]


def _unlooked(desired: Desired, baseline: Baseline, known: Recollection) -> dict[str, str]:
    """Return what is remembered of what is equal and was not looked at: a plan of some modules tells of it."""
    if desired.besides is None or known.whole:
        return {}
    modules = {*desired.besides.modules("equal")}
    return {path: each for path, each in baseline.digests.items() if path.partition(".")[0] in modules}


def _digests(fields: Mapping[str, Value], without: frozenset[str]) -> dict[str, str]:
    return {path: digest_of(value) for path, value in fields.items() if path not in without}


def _equal(
    fields: Mapping[str, Value], differs: frozenset[str], digested: dict[str, tuple[Value, str]]
) -> dict[str, str]:
    """Return the digests of what does not differ."""
    found: dict[str, str] = {}
    for path, value in fields.items():
        if path in differs:
            continue
        if type(value) in _SINGLE:
            found[path] = _digest_of_single(value)
            continue
        last = digested.get(path)
        if last is None or last[0] is not value:
            last = digested[path] = value, _digest_of(value)
        found[path] = last[1]
    return found


def _toggle(desired: Desired, kind: KindSpec) -> Mode:
    """Return the toggle that decides what the removal of the document does."""
    return desired.modes.get(kind.module or Module.STOCK, (Mode.AUTO, ""))[0]


# --- what a run makes of it ------------------------------------------------------------------------------------


class RunFacts(Struct, frozen=True, kw_only=True):
    """What decides whose something is after a run: its purpose, project, id and time (ISO).

    `gone` it takes off the account for good, and lets go of; `regained` an undo brings back that was gone, and
    `shifts` tells by how much the run that it undoes had moved a declared number, where that is known.
    """

    purpose: str
    project: str
    run_id: str
    at: str
    gone: frozenset[Key] = frozenset()
    regained: frozenset[Key] = frozenset()
    shifts: Mapping[Key, int] = field(default_factory=dict)


def shifts_of(undone: Iterable[Compared]) -> dict[Key, int]:
    """Return by how much a run has moved the declared numbers of which it knew the one before."""
    return {
        each.key: each.declared[QUANTITY] - each.replaced
        for each in undone
        if each.replaced is not None and each.declared.get(QUANTITY) is not None
    }


def written_by(
    actions: Iterable[Action], outcomes: Iterable[Outcome], looks: Mapping[Key, Counted]
) -> dict[Key, Written]:
    """Gather what was written and read back by resource, and how its stock was seen: one may stand in several."""
    applied = {(each.action, each.key): each for each in outcomes if each.result is Result.APPLIED}
    found: dict[Key, Written] = {}
    for action in actions:
        for target in action.targets:
            outcome = applied.get((action.id, target.key))
            remote_id = (outcome.remote_id or target.remote_id) if outcome else None
            if remote_id is not None:
                before = found.get(target.key)
                after = {**before.after, **target.after} if before else dict(target.after)
                found[target.key] = Written(remote_id=remote_id, after=after, counted=looks.get(target.key))
    return found


def remember(
    compared: Iterable[Compared],
    written: Mapping[Key, Written],
    known: Callable[[Key], Baseline | None],
    run: RunFacts,
) -> Remembered:
    """Turn what a plan compared and what its run wrote into what is remembered."""
    by_key = {each.key: each for each in compared}
    keys = [*by_key, *(key for key in written if key not in by_key)]
    baselines: dict[Key, Baseline] = {}
    managed: list[Managed] = []
    for key in keys:
        seen, wrote = by_key.get(key), written.get(key)
        remote_id = wrote.remote_id if wrote else seen.remote_id if seen else None
        if remote_id is None or key in run.gone:
            continue
        before = known(key) or (known(_old(seen)) if seen and seen.moved_from else None)
        baselines[key] = _baseline(key, seen, wrote, before, remote_id, run)
        if _is_ours(key, seen, wrote, run):
            managed.append(_managed(key, remote_id, seen, run))
    return Remembered(
        baselines=baselines,
        managed=tuple(managed),
        forgotten=tuple(key for key in run.gone if key in written),
        released=(
            *(key for key in run.gone if key in written),
            *(_old(seen) for seen in by_key.values() if seen.moved_from and seen.key in baselines),
        ),
        taken=tuple(each.key for each in managed if (c := by_key.get(each.key)) and c.takes_over),
    )


def _old(seen: Compared) -> Key:
    """Return the key that a resource had before its document moved it."""
    return Key(seen.key.account, seen.key.kind, seen.moved_from)


def _is_ours(key: Key, seen: Compared | None, wrote: Written | None, run: RunFacts) -> bool:
    """An apply makes ours what it wrote to, and what it found to be as declared; an undo what it brings back."""
    if run.purpose == "undo":
        return wrote is not None and key in run.regained
    return run.purpose == "apply" and (wrote is not None or (seen is not None and seen.agrees))


def _managed(key: Key, remote_id: str, seen: Compared | None, run: RunFacts) -> Managed:
    return Managed(
        key=key,
        remote_id=remote_id,
        project=run.project,
        since=run.at,
        run_id=run.run_id,
        stock=seen.stock if seen else Mode.AUTO,
        protected=seen is not None and seen.protected,
    )


def _baseline(
    key: Key, seen: Compared | None, wrote: Written | None, before: Baseline | None, remote_id: str, run: RunFacts
) -> Baseline:
    if before is None or before.remote_id != remote_id:
        before = Baseline(remote_id=remote_id)
    if wrote and resumes(wrote.after):
        before = _with_its_pieces(before, run.shifts.get(key))
    after = _digests(wrote.after, _NAMES) if wrote else {}
    equal = seen.equal if seen else {}
    declared, counted = _stock(seen, wrote, before, run, key)
    return Baseline(
        remote_id=remote_id,
        digests={**before.digests, **equal, **after},
        declared=declared,
        counted=counted,
        fingerprint=_all_true(seen, before, after) if seen else "",
    )


def _all_true(seen: Compared, before: Baseline, after: Iterable[str]) -> str:
    """Return the fingerprint of what was compared, where all of it is true: it was so, or is written.

    Where that can be said of all but price and stock only, it is the half of these. What a plan left out, since it
    was remembered, has to be remembered still.
    """
    untrue = {*seen.differ}.difference(after)
    goes_on = not seen.rest_known or before.fingerprint[:_REST] == seen.fingerprint[:_REST]
    if not (seen.whole and goes_on and all(path.startswith(NUMBERS) for path in untrue)):
        return ""
    return seen.fingerprint[:_REST] if untrue else seen.fingerprint


def _with_its_pieces(before: Baseline, shift: int | None) -> Baseline:
    """Return what is remembered of what goes on sale again: it has the pieces of before, so a zero holds no more.

    Of what was declared before that zero only the `shift` of a run that is undone tells.
    """
    declared = dict(before.declared)
    if declared.get(QUANTITY) != 0 and before.digests.get(QUANTITY) != NONE:
        return before
    if declared.get(QUANTITY) == 0 and shift is not None:
        declared[QUANTITY] = -shift
    else:
        declared.pop(QUANTITY, None)
    digests = {path: each for path, each in before.digests.items() if path != QUANTITY}
    return replace(before, digests=digests, declared=declared, counted=None)


def _stock(
    seen: Compared | None, wrote: Written | None, before: Baseline, run: RunFacts, key: Key
) -> tuple[dict[str, Value], Counted | None]:
    """Return the declared number that holds now, and the look from which sales are reckoned.

    A number of this plan holds when it was found true or was written. What shows later than the plan was made is
    reckoned from then: what was sold before it arrived is not missing from it.
    """
    declared = dict(before.declared)
    written = wrote.after.get(QUANTITY) if wrote else None
    looked = wrote.counted if wrote else None
    if seen is None:
        return _undone(declared, written, looked, before.counted, run.shifts.get(key))
    if QUANTITY not in seen.declared or not (QUANTITY in seen.equal or written is not None):
        return declared, before.counted
    if seen.declared[QUANTITY] is None:
        declared.pop(QUANTITY, None)
        # What was sold since the plan looked is missing from a number that follows a source, also when the write
        # came after it: the source does not know of it.
        return declared, seen.counted or _of_the_same(looked, before.counted) or before.counted
    return {**declared, QUANTITY: seen.declared[QUANTITY]}, looked or seen.counted or before.counted


def _of_the_same(looked: Counted | None, before: Counted | None) -> Counted | None:
    """Return a look at a number that was written, as one at pieces of the same articles as before."""
    return replace(looked, of=before.of) if looked and before and before.of else looked


def _undone(
    declared: dict[str, Value],
    written: Value,
    looked: Counted | None,
    counted: Counted | None,
    shift: int | None,
) -> tuple[dict[str, Value], Counted | None]:
    """Return what holds after a write that no document declared: what an undo puts back.

    The number that was declared before the undone run holds again, and not the pieces that are written: what was
    sold meanwhile would be a delivery to the next plan. Where nobody knows it, it is forgotten.
    """
    if written is None:
        return declared, counted
    if QUANTITY not in declared and counted is not None and not isinstance(written, Gain):
        # What had gone before it is gone all the same.
        return declared, _of_the_same(looked, counted) or replace(counted, left=written)
    by = -written.amount if isinstance(written, Gain) and shift is None else shift
    if QUANTITY in declared and by is not None:
        declared[QUANTITY] -= by
    else:
        declared.pop(QUANTITY, None)
    if isinstance(written, Gain):
        return declared, replace(counted, left=counted.left + written.amount) if counted else None
    return declared, looked
