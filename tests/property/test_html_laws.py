"""Laws of descriptions: the canonical spelling of HTML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.html import canonical_html
from reconciler.simulator.allegro.html import as_read, problems_of

PIECES = st.sampled_from(
    ["<p>", "</p>", "<h1>", "</h1>", "<ul>", "</ul>", "<li>", "</li>", "<b>", "</b>", "a", "ą", " ", "  ", "\n", "\u00a0",
     "&nbsp;", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&amp;nbsp;", "<P >", "<br/>", "&oacute;", "1 < 2", "\t"]
)  # fmt: skip
HTML = st.lists(PIECES, max_size=14).map("".join)
INLINE = st.lists(
    st.sampled_from(["a", "ą ", " b", "&nbsp;", "&amp;", "&lt;", "<b>x</b>", "<b> y </b>", "  ", "\u00a0"])
).map("".join)
BLOCK = st.one_of(
    INLINE.map(lambda t: f"<p>{t}</p>"),
    INLINE.map(lambda t: f"<h1>{t.replace('<b>', '').replace('</b>', '')}</h1>"),
    st.lists(INLINE.map(lambda t: f"<li>{t}</li>"), min_size=1).map(lambda items: f"<ul>{''.join(items)}</ul>"),
)
GOOD_HTML = st.lists(st.tuples(BLOCK, st.sampled_from(["", " ", "\n\n"])).map("".join), min_size=1).map("".join)


@given(text=HTML)
def test_canonical_html_is_idempotent(text: str) -> None:
    """The canonical spelling of a description is its own canonical spelling."""
    assert canonical_html(canonical_html(text)) == canonical_html(text)


@given(text=GOOD_HTML)
def test_canonical_html_does_not_see_what_the_marketplace_does(text: str) -> None:
    """What is sent is taken, and what is read back has the same canonical spelling, nbsp for spaces included."""
    assert not problems_of(text)
    sent = canonical_html(text)
    assert not problems_of(sent)
    assert canonical_html(as_read(sent)) == sent
    assert canonical_html(as_read(sent).replace("a ", "a&nbsp;")) == sent
    assert canonical_html(as_read(text)) == sent


@given(text=GOOD_HTML)
def test_words_and_tags_survive_the_canonical_spelling(text: str) -> None:
    """Only space between tags and its amount may go: every letter, tag and written entity stays, in order."""
    bare = lambda t: "".join(t.replace("&nbsp;", " ").replace("\u00a0", " ").split())  # noqa: E731
    assert bare(canonical_html(text)) == bare(text)
