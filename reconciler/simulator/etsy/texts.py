"""What may stand in a title, a tag or a material, as the description says it in regular expressions."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator

from reconciler.simulator.etsy.refusals import problem
from reconciler.simulator.etsy.settings import Caps
from reconciler.simulator.world import Json

ONCE = "%:&+"
SIGNS = "™©®"


def problems_of(body: Json, caps: Caps) -> Iterator[Json]:
    """Everything that is wrong with the texts of a listing."""
    if "title" in body:
        yield from _title(body["title"], caps)
    if "description" in body and not body["description"].strip():
        yield problem("description", "required", "A description is required")
    for place, tag in enumerate(body.get("tags") or []):
        if len(tag) > caps.tag_length:
            yield problem(f"tags/{place}", "too_long", f"must be {caps.tag_length} characters or less")
        if not _is_of(tag, ("L", "Nd", "Zs"), "-'" + SIGNS):
            yield problem(f"tags/{place}", "invalid_characters", "contains invalid character")
    yield from _list("tags", body, caps.tags)
    yield from _list("materials", body, caps.materials)
    for name in ("materials", "styles"):
        for place, text in enumerate(body.get(name) or []):
            if not _is_of(text, ("L", "Nd", "Zs"), ""):
                yield problem(f"{name}/{place}", "invalid_characters", "contains invalid character")
    styles = body.get("styles") or []
    if len(styles) > 2 or any(len(one) > 45 for one in styles):
        yield problem("styles", "too_long", "up to two styles of 45 characters each")


def _title(title: str, caps: Caps) -> Iterator[Json]:
    if not title.strip():
        yield problem("title", "required", "A title is required")
    if len(title) > caps.title:
        yield problem("title", "too_long", f"must be {caps.title} characters or less")
    if not _is_of(title, ("L", "Nd", "P", "Sm", "Zs"), SIGNS):
        yield problem("title", "invalid_characters", "contains invalid characters")
    for sign in ONCE:
        if title.count(sign) > 1:
            yield problem("title", "too_many_characters", f"You can only use the {sign} character once")


def _list(name: str, body: Json, most: int) -> Iterator[Json]:
    found = body.get(name) or []
    if len(found) > most:
        yield problem(name, "too_many", f"up to {most} are allowed")
    if len({one.lower() for one in found}) < len(found):
        yield problem(name, "duplicate", f"You may not have duplicate {name}.")  # issue #557


def _is_of(text: str, categories: tuple[str, ...], more: str) -> bool:
    return all(one in more or unicodedata.category(one).startswith(categories) for one in text)


def with_entities(text: str) -> str:
    """A text as it reads back: `&` `<` `>` and both quotation marks as entities."""
    return html.escape(text).replace("&#x27;", "&#39;")
