"""The description: sections of texts and pictures, in the few tags that Allegro allows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.shapes import Faults
from reconciler.simulator.world import Json

ALLOWED = ("h1", "h2", "p", "ul", "ol", "li", "b")  # issues #1921, #6559, #11286
BLOCKS = frozenset({"h1", "h2", "p", "ul", "ol"})
BOLD_PARENTS = frozenset({"p", "li"})  # issues #3410, #1931
ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


class _Checker(HTMLParser):
    """Walks one text and keeps what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.stack: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.stack[-1] if self.stack else ""
        if tag not in ALLOWED:
            self.problems.append(f"The tag {tag} is not allowed; allowed are {', '.join(ALLOWED)}.")
        elif attrs:
            self.problems.append(f"The tag {tag} must have no attributes.")
        elif parent == "b":
            self.problems.append("The tag b must have no tags inside.")
        elif tag == "b" and parent not in BOLD_PARENTS:
            self.problems.append("The tag b may only stand in p or li.")
        elif (tag == "li") != (parent in {"ul", "ol"}):
            self.problems.append("The tag li stands in ul or ol, and nothing else does.")
        elif tag in BLOCKS and parent and parent != "li":
            self.problems.append(f"The tag {tag} must not stand in {parent}.")
        self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.problems.append(f"The tag {tag} is closed without being open.")

    def handle_data(self, data: str) -> None:
        if (not self.stack or self.stack[-1] in {"ul", "ol"}) and data.strip():
            self.problems.append("Text must stand in a tag that takes text.")
        if ">" in data or "<" in data:
            self.problems.append("The signs <, > and & must be written as entities.")

    def handle_comment(self, _data: str) -> None:
        self.problems.append("There must be no comments.")


def problems_of(content: str) -> list[str]:
    """What Allegro would refuse in one text of a description."""
    checker = _Checker()
    checker.feed(content)
    checker.close()
    if "&" in ENTITY.sub("", content):
        checker.problems.append("The signs <, > and & must be written as entities.")
    if checker.stack:
        checker.problems.append(f"The tag {checker.stack[-1]} is not closed.")
    return checker.problems


def check_description(description: Json | None, limit: int, faults: Faults) -> None:
    """The rules that concern one description by itself (StandardizedDescription, issue #12520)."""
    sections = (description or {}).get("sections") or []
    if description is not None and not 1 <= len(sections) <= 100:
        faults.append(fault("DescriptionSectionsException", "There must be 1 to 100 sections.", "description"))
    size = 0
    for number, section in enumerate(sections):
        size += _check_section(section, f"description.sections[{number}]", faults)
    if size > limit:
        message = f"The description has more than {limit} bytes."
        faults.append(fault("DescriptionTooLongException", message, "description"))


def _check_section(section: Json, path: str, faults: Faults) -> int:
    items = section.get("items") or []
    if not 1 <= len(items) <= 2:
        faults.append(fault("DescriptionItemsException", "A section has one or two items.", f"{path}.items"))
    size = 0
    for number, item in enumerate(items):
        content = item.get("content") or ""
        size += len(content.encode())
        where = f"{path}.items[{number}].content"
        faults.extend(fault("InvalidHtmlException", text, where) for text in problems_of(content)[:3])
    return size


def as_read(content: str) -> str:
    """How a text comes back: a space between a closing and an opening tag (issue #4762)."""
    return re.sub(r"(</[a-z0-9]+>)\s*(?=<[a-z])", r"\1 ", content)
