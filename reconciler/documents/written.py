"""Titles and descriptions that a content template writes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from reconciler.documents.template_fault import TemplateFault
from reconciler.documents.templates import Renderer
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark

if TYPE_CHECKING:
    from reconciler.documents.effective import Effective


def write_texts(offers: "list[Effective]", renderer: Renderer) -> "tuple[list[Effective], list[Diagnostic]]":
    """Return the documents with every `{template: path}` replaced by its text, and the faults.

    A fault that many documents share (a mistake in the template itself) is told once, with how many they are; each
    of them lacks its text.
    """
    out: list[Effective] = []
    faults: dict[tuple[str, str, str, int], tuple[TemplateFault, list[Effective]]] = {}
    for offer in offers:
        try:
            out.append(_written(offer, renderer))
        except TemplateFault as fault:
            key = fault.summary, fault.detail, fault.path, fault.line
            faults.setdefault(key, (fault, []))[1].append(offer)
            out.append(replace(offer, lacks=f"its text cannot be written: {fault.summary}"))
    return out, [_diagnostic(fault, told) for fault, told in faults.values()]


def _written(offer: "Effective", renderer: Renderer) -> "Effective":
    content = offer.body.get("content")
    if not content or not (templates := templates_in(content)):
        return offer
    content = dict(content)
    variables = _variables(offer)
    if isinstance(content.get("title"), dict):
        title = _rendered(renderer, "content.title", content["title"], variables, html=False)
        content["title"] = " ".join(title.split())
        titled = {**variables["content"], "title": content["title"]}
        variables = {**variables, "title": content["title"], "content": titled}
    if content.get("description"):
        content["description"] = [
            [_item(item, renderer, variables, _text_field(number, at)) for at, item in enumerate(section)]
            for number, section in enumerate(content["description"])
        ]
    drawn_in = frozenset().union(*map(renderer.drawn_in, set(templates.values())))
    return replace(offer, body={**offer.body, "content": content}, written=templates, drawn_in=drawn_in)


def templates_in(content: Mapping[str, Any]) -> dict[str, str]:
    """Return which fields templates write: field -> path of the template."""
    title = content.get("title")
    found = {"content.title": title["template"]} if isinstance(title, dict) else {}
    for number, section in enumerate(content.get("description") or ()):
        for at, item in enumerate(section):
            if isinstance(item.get("text"), dict):
                found[_text_field(number, at)] = item["text"]["template"]
    return found


def _text_field(section: int, item: int) -> str:
    return f"content.description.{section}.{item}.text"


def _item(
    item: Mapping[str, Any], renderer: Renderer, variables: Mapping[str, Any], field: str
) -> Mapping[str, Any]:
    text = item.get("text")
    return {"text": _rendered(renderer, field, text, variables).strip()} if isinstance(text, dict) else item


def _rendered(
    renderer: Renderer, field: str, named: Mapping[str, str], variables: Mapping[str, Any], *, html: bool = True
) -> str:
    try:
        return renderer.render(named["template"], variables, html=html)
    except TemplateFault as fault:
        fault.named = field
        raise


def _variables(offer: "Effective") -> dict[str, Any]:
    """Return what a template can name: the fields of the document, as a person would write them."""
    body = offer.body
    content = {key: value for key, value in body["content"].items() if key != "description"}
    parameters = {name: _one(value) for name, value in (content.get("parameters") or {}).items()}
    if isinstance(content.get("title"), dict):
        del content["title"]
    content["parameters"] = parameters
    known = {
        "name": offer.document.name,
        "account": offer.account,
        "labels": offer.labels,
        "content": content,
        "parameters": parameters,
        **{section: body.get(section, {}) for section in ("settings", "delivery", "price", "stock")},
    }
    return {**known, "title": content["title"]} if "title" in content else known


def _one(value: Any) -> Any:
    """A parameter of one value is that value: `{{ parameters.Marka }}`."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _diagnostic(fault: TemplateFault, offers: "list[Effective]") -> Diagnostic:
    first = offers[0]
    others = f" and {len(offers) - 1} more" if len(offers) > 1 else ""
    named = first.origin(fault.named).mark
    at = f" ({named})" if named and fault.line else ""
    told = f"{fault.detail} It writes the text of {first.document.kind} `{first.document.name}`{at}{others}."
    # where there is no such file, the place is where it is named
    mark = Mark(fault.path, fault.line) if fault.line or named is None else named
    return error(fault.code, fault.summary, mark=mark, detail=told.strip(), hint=fault.hint, about=first.key)
