"""A plan as the data of its page: one row a resource, with all its fields. Pure, and linear in the changes.

`rows`: [account, kind, name, title, verb, number on the marketplace, reason, file, line, uses, flags, fields];
`fields`: [path, module, before, after, file, line, flags, because], and of a reduction its lowest price besides:
[price, since when it is known]. Account, kind, verb, path, module and file are numbers of `names`; a file of -1 is
none. Flags are sums of the constants below.
`alike`: [kind, paths, by, ending, place, members]; kind is `same` (one difference), `rule` (values move by `by`)
or `apart` (what keeps out of the rules), members are numbers of rows, each as its distance from the one before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, islice, pairwise

from reconciler.model.changes import CausedBy, Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, in_reading_order
from reconciler.model.fees import added_up, charges
from reconciler.model.foreign import shown
from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan, Breach, Plan, Violation
from reconciler.model.values import Value
from reconciler.render.alike import Alike, alike_in, by_title
from reconciler.render.fees_text import allowed_fees
from reconciler.render.grouping import grouped
from reconciler.render.html.values import Json, Numbered, PageTexts, clean
from reconciler.render.summary import Kept, summary_of
from reconciler.render.word_diff import Effort

REFUSED, DRIFT, HELD, UNCOMMITTED, UNSYNCED, SETTLING, BEFORE = 1, 2, 4, 8, 16, 32, 64
#: Of a page: long texts, in characters, and what is left of one that has no more room.
_ROOM, _CUT = 8_000_000, 300
_FINDINGS = 2_000
#: What is alike: so many of an account, and pairs of words that are compared for it (a tenth of a second).
_ALIKE, _EFFORT = 20, 500_000
_NOWHERE = -1
_BY_MODULE = ("equal.", "off.")
_PERCENT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")


def plan_data(plan: Plan) -> dict[str, Json]:
    """Return what the page of a plan shows."""
    texts, names = PageTexts(_ROOM, _CUT), Numbered()
    rows = [row for part in plan.accounts for row in _rows(part, texts, names)]
    found = in_reading_order(plan.diagnostics)
    return {
        "sort": "plan",
        "id": plan.digest[:8] or plan.id[:8],
        "made": plan.created_at,
        "purpose": plan.purpose,
        "accounts": [_account(part) for part in plan.accounts],
        "guards": [
            _guard(part, each, texts) for part in plan.accounts for each in part.violations if not each.allowed
        ],
        "limits": _percents(plan),
        "allowed": sorted({each.rule for part in plan.accounts for each in part.violations if each.allowed}),
        "lasting": [_kept(each) for part in plan.accounts for each in summary_of(part).kept],
        "severities": {severity.value: sum(each.severity is severity for each in found) for severity in Severity},
        "findings": [_finding(each) for each in found[:_FINDINGS]],
        "requests": sum(plan.forecast.requests.values()),
        "seconds": plan.forecast.seconds,
        **_read_before(plan),
        "rows": rows,
        "alike": _alike(plan, texts, names),
        "names": names.all(),
        "shortened": texts.shortened,
    }


def _read_before(plan: Plan) -> dict[str, Json]:
    """Return how many offers were not read in full for this plan: of an earlier look, or of none."""
    ages = [part.ages for part in plan.accounts]
    return {
        "believed": sum(each.believed for each in ages),
        "oldest": min((each.oldest for each in ages if each.oldest), default=""),
        "lacking": sum(each.lacking for each in ages),
    }


def _kept(each: Kept) -> Json:
    parts = [[word.value, list(map(clean, paths))] for word, paths in each.parts]
    return [clean(str(each)), each.deed, clean(each.kind), each.count, list(each.terms), parts]


def _percents(plan: Plan) -> list[str]:
    """Return by how many percent a guard lets a price move, one for each limit that holds for a change."""
    found = {str(limit) for part in plan.accounts for limit in part.limits.get("price-change", ())}
    return sorted((each for each in found if _PERCENT.fullmatch(each)), key=Decimal)


def _account(part: AccountPlan) -> Json:
    return {
        "name": clean(part.account),
        "marketplace": clean(part.marketplace),
        "login": clean(part.login),
        "live": part.counts.get("live"),
        "complete": part.complete,
        "modules": {clean(name): count for name, count in part.counts.items() if name.startswith(_BY_MODULE)},
        "held": len(part.held),
        "unmanaged": len(part.unmanaged),
        "fees": _fees(part),
        "problem": clean(part.problem.summary) if part.problem else "",
    }


def _fees(part: AccountPlan) -> list[Json]:
    """Return for each currency: the sum, up to what is allowed (null: any sum), and of what, with each amount."""
    found = list(islice(charges(part.changes), _FINDINGS))
    totals = added_up(cost for _, _, cost in charges(part.changes))
    return [
        [
            str(total),
            allowed if (allowed := allowed_fees(part, total.currency)) is None else list(map(clean, allowed)),
            [[clean(change.key.name), str(cost)] for change, _, cost in found if cost.currency == total.currency],
        ]
        for total in totals
    ]


def _guard(part: AccountPlan, each: Violation, texts: PageTexts) -> Json:
    return {
        "account": clean(part.account),
        "rule": each.rule,
        "message": clean(each.message),
        "limits": [_cleaned(limit) for limit in part.limits.get(each.rule, ())],
        "rows": [_breach(row, texts) for row in each.rows],
    }


def _cleaned(limit: Value) -> Json:
    if isinstance(limit, Mapping):
        return {clean(str(name)): _cleaned(each) for name, each in limit.items()}
    if isinstance(limit, list | tuple):
        return [_cleaned(each) for each in limit]
    return clean(limit) if isinstance(limit, str) else limit


def _breach(row: Breach, texts: PageTexts) -> Json:
    percent = None if row.percent is None else f"{row.percent:.1f}"
    place = clean(f"{row.mark.file}:{row.mark.line}") if row.mark else ""
    value = texts.value
    return [
        row.key.kind,
        clean(row.key.name),
        clean(row.path),
        value(row.before),
        value(row.after),
        percent,
        place,
    ]


def _finding(each: Diagnostic) -> Json:
    place = str(each.mark) if each.mark else ""
    return [each.severity.value, each.code, *map(clean, (each.summary, each.detail, each.hint, place))]


def _alike(plan: Plan, texts: PageTexts, names: Numbered) -> list[Json]:
    """Return what is alike, account by account, with the numbers of its rows: changes of an account come first."""
    found: list[Json] = []
    first = 0
    for part in plan.accounts:
        places = {each.key: first + place for place, each in enumerate(part.changes)}
        effort = Effort(_EFFORT)
        groups = (group for changes in by_title(part.changes).values() for group in grouped(changes, effort))
        of_part = islice((each for group in groups for each in alike_in(group)), _ALIKE)
        found += [_alike_row(each, places, texts, names) for each in of_part]
        first += len(part.changes) + len(part.unsynced) + len(part.settling)
    return found


def _alike_row(each: Alike, places: Mapping[Key, int], texts: PageTexts, names: Numbered) -> Json:
    kind = "rule" if each.rule else "apart" if each.apart else "same"
    by = each.rule.by if each.rule else None
    mark = each.fields[0].mark if each.fields and kind == "same" else None
    rows = sorted(places[member.key] for member in each.members)
    return [
        kind,
        [names.number(field.path) for field in each.fields],
        ["%", str(by)] if isinstance(by, Decimal) else texts.value(by),
        each.rule.ending if each.rule else "",
        clean(f"{mark.file}:{mark.line}") if mark else "",
        [place - before for before, place in pairwise((0, *rows))],
    ]


def _rows(part: AccountPlan, texts: PageTexts, names: Numbered) -> Iterator[Json]:
    refused: dict[Key, list[str]] = {}
    for breach in (row for each in part.violations if not each.allowed for row in each.rows):
        refused.setdefault(breach.key, []).append(breach.path)
    told: Iterable[tuple[Change, int]] = chain(
        ((each, 0) for each in part.changes),
        ((each, UNSYNCED) for each in part.unsynced),
        ((each.change, SETTLING) for each in part.settling),
    )
    for change, flags in told:
        broken = refused.get(change.key, []) if not flags else []
        yield [
            names.number(part.account),
            names.number(change.key.kind),
            clean(change.key.name),
            clean(change.title),
            names.number(change.verb.value),
            clean(change.remote_id or ""),
            clean(change.reason),
            *_place(change.mark, change.document or change.key.name, names),
            change.uses,
            (REFUSED if "" in broken else 0) | flags | (UNSYNCED if change.verb is Verb.REPORT else 0),
            [
                _field(each, change.document or change.key.name, broken, flags, texts, names)
                for each in change.fields
            ],
            *([clean(change.document)] if change.document else []),
        ]


def _field(each: FieldChange, name: str, broken: list[str], flags: int, texts: PageTexts, names: Numbered) -> Json:
    refused = any(path == each.path or path.startswith(f"{each.path}.") for path in broken)
    for flag, holds in (
        (REFUSED, refused),
        (DRIFT, each.drift),
        (HELD, each.held),
        (UNCOMMITTED, each.uncommitted),
        (BEFORE, each.cause is CausedBy.OTHER),
    ):
        flags |= flag if holds else 0
    lowest = [[texts.value(each.lowest.price), clean(each.lowest.since)]] if each.lowest else []
    return [
        names.number(each.path),
        names.number(each.module.value if each.module else ""),
        texts.value(each.before),
        texts.value(each.after),
        *_place(each.mark, name, names),
        flags,
        clean(each.because or each.refused),
        *lowest,
    ]


def _place(mark: Mark | None, name: str, names: Numbered) -> tuple[int, int]:
    """Return the number of a file and the line. Mostly a file is called as its offer: a break of line
    stands for the name.
    """
    if not mark:
        return _NOWHERE, 0
    return names.number(shown(mark.file).replace(shown(name), "\n", 1)), mark.line
