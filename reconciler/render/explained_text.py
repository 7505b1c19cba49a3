"""Why a field is as it is, as text and as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.explained import Explained, ExplainedField, Said, Step
from reconciler.model.history_json import run_to_json
from reconciler.model.marks import Mark
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import diagnostic_to_json, key_to_json, mark_to_json
from reconciler.model.typed import typed
from reconciler.model.values import jsonable
from reconciler.render.cells import shortened
from reconciler.render.change_text import called, name_of
from reconciler.render.history_text import moment
from reconciler.render.style import Style
from reconciler.render.value_text import one_line

_STEPS = {
    Step.EQUAL: "nothing: it is as declared",
    Step.CHANGE: "changes it",
    Step.CREATE: "creates it",
    Step.HELD: "held back",
    Step.OFF: "not synced",
    Step.FROZEN: "cannot change it",
    Step.LEFT: "leaves it",
    Step.UNCLEAR: "leaves it",
    Step.UNDECLARED: "leaves it",
    Step.UNASKED: "",
}
_MEANINGS = {Step.CHANGE: "update", Step.CREATE: "create", Step.HELD: "warning", Step.FROZEN: "warning"}
_LABEL = 12
_SHORT = 8


def explained_text(found: Iterable[Explained], style: Style, *, whole: bool) -> Iterator[str]:
    """Yield each resource: a line for each field, or with `whole` all that is known of each."""
    for number, each in enumerate(found):
        if number:
            yield ""
        yield from _head(each, style)
        if whole:
            for field in each.fields:
                yield from _whole(field, each, style)
        else:
            yield from _lines(each, style)
            yield ""
            name = each.document or name_of(each.key)
            yield style("dim", f"{typed('explain', name)} FIELD tells which layers say what.")


def _head(each: Explained, style: Style) -> Iterator[str]:
    number = f"  #{each.remote_id}" if each.remote_id else ""
    place = f"  {_place(each.mark)}" if each.mark else ""
    yield f"{style('strong', called(each))} on account {each.key.account}{style('dim', number + place)}"
    if each.title:
        yield f"  {shortened(each.title, max(style.width - 2, 40))}"
    if each.there is False:
        yield "  It is not on the account."
    elif each.there is None:
        yield "  The marketplace was not asked (--offline)."


def _lines(each: Explained, style: Style) -> Iterator[str]:
    path = max((len(field.path) for field in each.fields), default=0)
    for field in each.fields:
        label = style("strong", f"{field.path:<{path}}")
        end = f"  {_next(field, style)}" if field.step not in (Step.EQUAL, Step.UNASKED) else _memory(field)
        room = max(style.width - path - 6, 40)
        yield f"  {label}  {shortened(one_line(field.value), room)}{end}"
        yield style("dim", f"  {'':<{path}}  {_origin(field)}")


def _origin(field: ExplainedField) -> str:
    won = next((said for said in field.said if said.wins), None)
    return f"{won.level}, {_place(won.mark)}" if won and won.mark else "declared by no single line"


def _memory(field: ExplainedField) -> str:
    if field.step is not Step.UNASKED or field.as_remembered is None:
        return ""
    return "  (as last seen)" if field.as_remembered else "  (another value than the last one)"


def _whole(field: ExplainedField, of: Explained, style: Style) -> Iterator[str]:
    room = max(style.width - _LABEL - 6, 40)
    yield ""
    yield f"  {style('strong', field.path)}"
    yield _row("declared", shortened(one_line(field.value), room))
    for each in field.said:
        yield f"    {'':<{_LABEL}}{_said(each, style, room)}"
    for number, step in enumerate(field.trace):
        yield _row(
            "" if number else "because", f"{step.text}  {style('dim', _place(step.mark) if step.mark else '')}"
        )
    if field.module:
        yield _row("toggle", f"{field.module} is {field.mode}, by {field.decided}")
        for each in field.toggles:
            yield f"    {'':<{_LABEL}}{_said(each, style, room)}"
    if field.seen:
        yield _row("live", shortened(one_line(field.live), room))
    elif of.there is False:
        yield _row("live", "not on the account")
    if field.step is not Step.UNASKED:
        yield _row("next apply", _next(field, style) + (f": {field.why}" if field.why else ""))
    elif field.as_remembered is not None:
        yield _row("memory", "as it was last true" if field.as_remembered else "another value than was last true")
    yield _row("written", _writer(field))


def _row(label: str, text: str) -> str:
    return f"    {label:<{_LABEL}}{text}"


def _said(each: Said, style: Style, room: int) -> str:
    sign = style("added", "*") if each.wins else " "
    head = f"{each.level}  {_place(each.mark)}" if each.mark else each.level
    return f"{sign} {head}  {style('dim', shortened(one_line(each.value), max(room - len(head), 20)))}"


def _next(field: ExplainedField, style: Style) -> str:
    text = _STEPS[field.step]
    return style(_MEANINGS[field.step], text) if field.step in _MEANINGS else text


def _writer(field: ExplainedField) -> str:
    by = field.writer
    if by is None:
        return "never by us"
    what = f"{moment(by.at)} by run {by.run.id[:_SHORT]} ({by.run.purpose})"
    return f"{what}; somebody else has changed it since" if field.elsewhere else what


def _place(mark: Mark | None) -> str:
    return str(mark) if mark else ""


def explained_to_json(found: Iterable[Explained], wrong: Iterable[Diagnostic] = ()) -> dict[str, Any]:
    """Turn explanations, and what is wrong with what they are about, into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "resources": [_resource(each) for each in found],
        "diagnostics": [diagnostic_to_json(each) for each in wrong],
    }


def _resource(each: Explained) -> dict[str, Any]:
    return {
        "key": key_to_json(each.key),
        "remote_id": each.remote_id,
        "title": each.title,
        "mark": mark_to_json(each.mark),
        "on_account": each.there,
        **({"document": each.document} if each.document else {}),
        "fields": [_field(field) for field in each.fields],
    }


def _field(each: ExplainedField) -> dict[str, Any]:
    by = each.writer
    return {
        "path": each.path,
        "value": jsonable(each.value),
        "mark": mark_to_json(each.mark),
        "layers": [_layer(said) for said in each.said],
        "module": each.module.value if each.module else None,
        "mode": each.mode.value,
        "decided_by": each.decided,
        "toggles": [_layer(said) for said in each.toggles],
        "live": jsonable(each.live) if each.seen else None,
        "next": each.step.value,
        "why": each.why,
        "as_remembered": each.as_remembered,
        "last_writer": {"at": by.at, "value": jsonable(by.value), "run": run_to_json(by.run)} if by else None,
        "somebody_else_since": each.elsewhere,
        "because": [{"text": step.text, "mark": mark_to_json(step.mark)} for step in each.trace],
    }


def _layer(said: Said) -> dict[str, Any]:
    return {
        "level": said.level,
        "value": jsonable(said.value),
        "mark": mark_to_json(said.mark),
        "wins": said.wins,
    }
