"""What is quoted reads back as the same text, in our reader and in any other."""

from unicodedata import normalize

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.demo.quoting import Plain, document, quote
from reconciler.documents.source import parse
from reconciler.model.texts import all_nfc

PLAIN = [
    "Kubek ceramiczny 300 ml",
    "49.99 PLN",
    "PT24H",
    "60-166",
    "gpsr@dom.example",
    "Miód & Lipa",
    "a#b",
    "-1x",
]
QUOTED = [
    "", "no", "Yes", "OFF", "null", "~", "0570", "12.90", "1e3", "0x1f", "22:15", "2026-11-23", "+48610000123", "-",
    "- a", "a: b", "a #b", "#a", " a", "a ", "[a", "{a", "*a", "&a", "!a", "'a", '"a', "%a", "@a", "`a", "|", ">",
    "a\nb", "a\tb", "a:", "---", "?", ".5", "1_000",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain(text: str) -> None:
    """An everyday text stands without quotes."""
    assert quote(text) == text


@pytest.mark.parametrize("text", QUOTED)
def test_quoted(text: str) -> None:
    """What a reader could take for something else is quoted, and comes back as it was."""
    assert quote(text).startswith('"')
    assert yaml.safe_load(quote(text)) == text


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text(text: str) -> None:
    """Any text survives as a value, as a key and as an entry of a list; as a block it ends with a line break."""
    body = {"kind": "X", "value": text, "inner": {text or "k": [text, text]}}
    found = yaml.safe_load(document(body, spaced=False))
    assert found["inner"] == body["inner"]
    assert found["value"] in (text, text.rstrip("\n") + "\n")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40))
def test_our_reader(text: str) -> None:
    """Our own reader, which refuses control characters and composes texts, reads the same."""
    text = normalize("NFC", text)
    body = {"kind": "X", "value": text, "inner": {text or "k": [text, text]}}
    raws, faults = parse("x.yaml", document(body).encode())
    assert not faults
    assert raws[0].value == all_nfc(body)


def test_toggle() -> None:
    """A toggle keeps its bare word."""
    assert document({"sync": {"price": Plain("off")}}) == "sync: {price: off}\n"


def test_layout() -> None:
    """Short things stand on one line, long ones as blocks with empty lines around them."""
    body = {
        "kind": "Offer",
        "content": {"description": [{"text": "<p>a</p>\n<p>b</p>"}], "images": ["https://a.example/1.jpg"]},
        "price": {"base": "1.00 PLN", "allegro-cz": "6 CZK"},
    }
    assert document(body, head="# head") == (
        "# head\nkind: Offer\n\ncontent:\n  description:\n    - text: |\n        <p>a</p>\n        <p>b</p>\n"
        "  images:\n    - https://a.example/1.jpg\n\nprice: {base: 1.00 PLN, allegro-cz: 6 CZK}\n"
    )
