"""What is managed, since when, by which project and run, as text and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import asdict

from reconciler.model.memory import Counted, Managed, StateRow
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json
from reconciler.render.change_text import name_of
from reconciler.render.history_text import moment
from reconciler.render.style import Style
from reconciler.render.words import counted


def state_text(rows: Sequence[StateRow], style: Style) -> Iterator[str]:
    """Yield a line for each managed resource."""
    if not rows:
        yield "Nothing is managed yet. The first `reconcile apply` that writes an offer, or finds it as declared,"
        yield "makes it managed; then the removal of its document ends it (docs/ownership.md)."
        return
    name = max(len(name_of(each.managed.key)) for each in rows)
    number = max(len(each.managed.remote_id) for each in rows)
    for each in rows:
        row = each.managed
        whose = "" if each.ours else f"  project {row.project or '(without a name)'}"
        label, remote_id = style("strong", f"{name_of(row.key):<{name}}"), f"#{row.remote_id:<{number}}"
        yield f"{label}  {row.key.account}  {remote_id}  since {moment(row.since)}{_run(row)}{whose}".rstrip(" ")
    yield ""
    yield f"{counted(len(rows), 'resource')} managed. {style('dim', 'reconcile release NAME lets go of one.')}"


def _run(row: Managed) -> str:
    return f"  run {row.run_id[:8]}" if row.run_id else ""


def shown_text(rows: Iterable[StateRow], style: Style) -> Iterator[str]:
    """Yield everything that is known of one resource."""
    for each in rows:
        row, seen = each.managed, each.baseline
        yield style("strong", f"{row.key} of account {row.key.account}")
        yield f"  managed by    project {row.project or '(without a name)'}{'' if each.ours else ', not this one'}"
        yield f"  since         {moment(row.since)}{_run(row)}"
        yield f"  on            {each.site}, as {row.remote_id}"
        yield f"  removal       {_removal(row)}"
        if seen is not None:
            fields = ", ".join(sorted(seen.digests)) or "nothing"
            yield f"  last as declared in  {fields}"
            for path, value in sorted(seen.declared.items()):
                yield f"  {path} was declared as {value}{_counted(seen.counted)}"


def _counted(seen: Counted | None) -> str:
    if seen is None:
        return ""
    sold = f", {seen.sold} counted as sold" if seen.sold is not None else ""
    return f"; {moment(seen.at)} there were {seen.left}{sold}"


def _removal(row: Managed) -> str:
    return "it is protected: removing its document is refused" if row.protected else _REMOVAL[row.stock.value]


_REMOVAL = {
    "auto": "removing its document ends it",
    "manual": "removing its document ends it only with --only stock",
    "off": "removing its document lets go of it, and ends nothing",
}


def state_to_json(rows: Iterable[StateRow]) -> dict[str, Any]:
    """Turn what is managed into JSON's own types."""
    return {"format_version": FORMAT_VERSION, "managed": [_row(each) for each in rows]}


def _row(each: StateRow) -> dict[str, Any]:
    row, seen = each.managed, each.baseline
    return {
        "key": key_to_json(row.key),
        "remote_id": row.remote_id,
        "site": each.site,
        "project": row.project,
        "ours": each.ours,
        "since": row.since,
        "run": row.run_id or None,
        "stock": row.stock.value,
        "protected": row.protected,
        "fields": sorted(seen.digests) if seen else None,
        "declared": dict(seen.declared) if seen else None,
        "counted": asdict(seen.counted) if seen and seen.counted else None,
    }
