"""Which live offers are ambiguous, and what was adopted, as text and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.model.adopting import Adoption, Ambiguity, Candidate
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json, mark_to_json
from reconciler.render.cells import shortened
from reconciler.render.history_text import moment
from reconciler.render.style import Style
from reconciler.render.taking_text import diff_text
from reconciler.render.words import counted


def ambiguous_text(found: Sequence[Ambiguity], style: Style, *, width: int | None) -> Iterator[str]:
    """Yield each key with the offers that bear it, and what tells them apart."""
    if not found:
        yield "Nothing is ambiguous: every live offer has a key of its own, or a document."
        return
    for each in found:
        yield _head(each, style)
        number = max(len(row.remote_id) for row in each.candidates)
        price = max(len(row.price) for row in each.candidates)
        status = max(len(row.status) for row in each.candidates)
        for row in each.candidates:
            since = moment(row.since) or " " * 16
            facts = f"{row.status:<{status}}  {row.price:>{price}}  {since}"
            line = f"  #{row.remote_id:<{number}}  {facts}  {_name(row)}"
            yield shortened(line, width) if width is not None else line
        yield ""
    yield style("dim", "reconcile adopt NAME ID lets the document NAME mean one of them;")
    yield style("dim", "reconcile pull writes a document for each that has none.")


def _head(each: Ambiguity, style: Style) -> str:
    many = counted(len(each.candidates), "live offer")
    if not each.key.name:
        return f"{many} on account {each.key.account} without a key and without a document"
    place = f"; its document is {each.mark}" if each.mark else ""
    return f"{style('strong', each.key.name)} on account {each.key.account}: {many}{place}"


def _name(row: Candidate) -> str:
    return f"{row.title}  adopted by {row.document} ({row.mark})" if row.document else row.title


def adopted_text(done: Adoption, style: Style) -> Iterator[str]:
    """Yield the change of the file, and what comes of it."""
    if done.before == done.after:
        yield f"{done.key.name} adopts {done.remote_id} already."
        return
    yield from diff_text(done.file, done.before, done.after, style)
    yield ""
    yield f"{done.key.name} means {done.remote_id} from now on: {done.title or 'without a title'}"
    if not done.key_there:
        yield f"It has no key: the next apply gives it the key {done.key.name}."
    elif done.key_there != done.key.name:
        yield f"It keeps the key that it has, {done.key_there}."


def ambiguous_to_json(found: Sequence[Ambiguity]) -> dict[str, Any]:
    """Turn what is ambiguous into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "ambiguous": [
            {
                "account": each.key.account,
                "key": each.key.name or None,
                "mark": mark_to_json(each.mark),
                "offers": [_candidate(row) for row in each.candidates],
            }
            for each in found
        ],
    }


def _candidate(row: Candidate) -> dict[str, Any]:
    return {
        "remote_id": row.remote_id,
        "title": row.title,
        "price": row.price or None,
        "status": row.status or None,
        "listed_at": row.since or None,
        "document": row.document or None,
        "mark": mark_to_json(row.mark),
    }


def adopted_to_json(done: Adoption) -> dict[str, Any]:
    """Turn an adoption into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "key": key_to_json(done.key),
        "remote_id": done.remote_id,
        "title": done.title,
        "key_there": done.key_there or None,
        "file": done.file,
        "written": done.before != done.after,
    }
