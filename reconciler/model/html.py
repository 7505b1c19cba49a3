"""One spelling for description HTML, so that what the marketplace sends back equals what was sent.

Allegro reads back `&nbsp;` for spaces and puts a space between a closing and an opening tag (facts: #4762,
#8230). The canonical text keeps tags and words, drops space between tags, writes only the three entities that
must be written, and is itself good HTML to send.
"""

import html
import re
from functools import lru_cache

_BETWEEN_TAGS = re.compile(r">\s+<")
#: Looked for one by one: a search for a single character is many times faster than one for any of several.
_BLANKS = ("\n", "\u00a0", "\t", "\r", "\f")
_ENTITY = re.compile(r"&[#a-zA-Z0-9]+;")
_KEPT = {"&amp;": "&amp;", "&lt;": "&lt;", "&gt;": "&gt;"}
_TAG_EDGE = re.compile(r"(<(?:p|h1|h2|ul|ol|li)>) | (</(?:p|h1|h2|ul|ol|li)>)")
_NEVER_SETTLED = (*_BLANKS, "  ", "> ", " <")
_ODD_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_ODD_END = re.compile(r"<[^>]*[A-Z/ ]>")
_ODD_TAG = re.compile(r"<[^>]*[A-Z/ \t\r\n]>|</?[a-z0-9]*[A-Z \t\r\n]")
_TAG = re.compile(r"</?([a-zA-Z0-9]+)([^>]*)>")
#: Shops say the same of shipping and returns in thousands of offers: so many pieces are remembered.
_REMEMBERED = 2048


@lru_cache(maxsize=_REMEMBERED)
def canonical_html(text: str) -> str:
    """Return the one spelling of a piece of description HTML. Applying it twice changes nothing.

    >>> canonical_html("<p>Kawa&nbsp;i  herbata</p> <p>A &quot;B&quot; &amp; C</p>")
    '<p>Kawa i herbata</p><p>A "B" &amp; C</p>'
    """
    if _is_settled(text):
        return text
    if "&" in text:
        text = _ENTITY.sub(_settle_entity, text)
    if _ODD_TAG.search(text):
        text = _TAG.sub(_settle_tag, text)
    text = _BETWEEN_TAGS.sub("><", _single_spaced(text)).strip()
    if "> " in text or " </" in text:
        return _TAG_EDGE.sub(lambda edge: edge.group(1) or edge.group(2), text)
    return text


def _is_settled(text: str) -> bool:
    """Tell at once of what is canonical that it is; another text may be so all the same."""
    for each in _NEVER_SETTLED:
        if each in text:
            return False
    return text[:1] != " " and text[-1:] != " " and not _ODD_ENTITY.search(text) and not _ODD_END.search(text)


def _single_spaced(text: str) -> str:
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _settle_entity(found: re.Match[str]) -> str:
    entity = found.group()
    if entity in _KEPT:
        return entity
    plain = html.unescape(entity)
    return html.escape(plain, quote=False) if plain != entity else entity


def _settle_tag(found: re.Match[str]) -> str:
    closing = "/" if found.group().startswith("</") else ""
    attributes = found.group(2).strip().rstrip("/").strip()
    return f"<{closing}{found.group(1).lower()}{' ' + attributes if attributes else ''}>"
