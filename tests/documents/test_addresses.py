"""The addresses that a token may be sent to: what cannot be one is said where it stands, without what is secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from reconciler.documents.load import load

LINE = "accounts: {main: {marketplace: allegro, login: sklep, environment: {"


def findings(api: str, more: str = "") -> list[tuple[str, str, str]]:
    """Code, place and all words of what is said of an address."""
    quoted = "'" + api.replace("'", "''") + "'"
    text = f"{LINE}{more}\n  api: {quoted}, auth: 'https://a', upload: 'https://a'}}}}}}\n"
    found = load([("reconcile.yaml", text.encode())]).diagnostics
    return [(each.code, str(each.mark), f"{each.summary} {each.detail} {each.hint}") for each in found]


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com",
        "https://api.example.com:8443/base/path",
        "https://192.0.2.1",
        "https://[2001:db8::1]:443",
        "https://xn--kw-tka.pl.",
        "https://a_b.example",
        "http://127.0.0.1:8123",
        "http://127.1.2.3",
        "http://[::1]:1",
        "http://localhost:65535/x",
        "http://api.localhost",
    ],
)
def test_what_may_be_used(address: str) -> None:
    assert findings(address) == []


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("https://h:99999", "D314", "from 1 to 65535"),
        ("https://h:0", "D314", "from 1 to 65535"),
        ("https://h:x", "D314", "from 1 to 65535"),
        ("https://h:-1", "D314", "from 1 to 65535"),
        ("https://h:٣", "D314", "from 1 to 65535"),
        ("https://user:hush@h", "D314", "between `//` and `@`"),
        ("https://hush@h", "D314", "between `//` and `@`"),
        ("https://user:hu/sh@h", "D314", ""),
        ("https://:8080", "D314", "a host that cannot be"),
        ("https://[::1", "D314", "cannot be"),
        ("https://[hush]", "D314", "cannot be"),
        ("https://a..b", "D314", "a host that cannot be"),
        ("https://" + "a" * 64, "D314", "a host that cannot be"),
        ("https://żółw.pl", "D314", "punycode"),
        ("https://h\\@evil", "D314", ""),
        ("https://h?x=1", "D314", "a query or a fragment"),
        ("https://h/#x", "D314", "a query or a fragment"),
        ("https://h/ó", "D314", "a path"),
        ("https:///path", "D207", "an address such as"),
        ("https://", "D207", "an address such as"),
        ("https://h /x", "D207", "an address such as"),
        ("https://user:hush @h", "D207", "an address such as"),
        ("ftp://user:hush@h", "D207", "an address such as"),
        ("h", "D207", "an address such as"),
        ("", "D207", "an address such as"),
        ("http://h", "D315", "`allow_plain_http: true` beside it"),
        ("http://10.0.0.1:8123", "D315", "`allow_plain_http: true` beside it"),
        ("http://localhost.example.com", "D315", "`allow_plain_http: true` beside it"),
        ("http://127.0.0.1.example.com", "D315", "`allow_plain_http: true` beside it"),
        ("http://0.0.0.0", "D315", "`allow_plain_http: true` beside it"),
        ("http://2130706433", "D315", "`allow_plain_http: true` beside it"),
    ],
)
def test_what_may_not(address: str, code: str, words: str) -> None:
    ((found, place, said),) = findings(address)
    assert (found, place) == (code, "reconcile.yaml:2:8")
    assert words in said
    assert "hush" not in said


def test_plain_http_may_be_allowed_beside_the_address() -> None:
    assert findings("http://simulator:8123", "allow_plain_http: true,") == []
    assert [code for code, _, _ in findings("http://simulator:8123", "allow_plain_http: false,")] == ["D315"]
    assert [code for code, _, _ in findings("http://simulator:8123", "allow_plain_http: maybe,")] == ["D206"]


@pytest.mark.parametrize("written", ["https://user:hush@h", "[https://user:hush@h]"])
def test_a_login_in_a_wrong_place_is_not_repeated(written: str) -> None:
    text = f"accounts: {{main: {{marketplace: allegro, login: sklep, environment: '{written}'}}}}\n"
    found = load([("reconcile.yaml", text.encode())]).diagnostics
    assert found
    assert "hush" not in str(found)


SIGNS = st.text(st.one_of(st.sampled_from("@:/[].%?#\\-1a\u2028"), st.characters(exclude_categories=["Cs"])))


@given(st.sampled_from(["http://", "https://", "https://h:", "https://["]), SIGNS)
def test_whatever_is_written_is_an_address_or_a_finding(scheme: str, rest: str) -> None:
    if "\n" in rest or "\r" in rest or not rest.isprintable():
        return  # what YAML refuses is said of the file
    found = findings(scheme + rest)
    assert all(place.startswith("reconcile.yaml:2:") and said for _, place, said in found)
    if not found:
        assert URL(f"{scheme}{rest}/me", encoded=True).host
