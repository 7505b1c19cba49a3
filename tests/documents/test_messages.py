"""One case for each code: what is said, where, and what to do. No words of the validator's own."""

import pytest

from reconciler.documents.schema import schema_for
from tests.documents.projects import ONE, TWO, project

JARGON = ("is not of type", "'object'", "does not match", "additional properties", "Traceback", "None")
HEAD = "kind: Offer\nname: x\n"

CASES = [
    # code, place, words in the summary, words in the hint, text of a.yaml
    ("D201", "1:1", "must be a mapping", "kind:", "- a"),
    ("D202", "1:1", "does not say its `kind`", "Offer", "name: x"),
    ("D203", "1:7", "`Offre` is not a kind", "`Offer`", "kind: Offre\nname: x"),
    ("D204", "3:1", "`contnet` is not a key of Offer", "`content`", HEAD + "contnet: {}"),
    ("D204", "3:8", "`prices` is not a key of `sync`", "`price`", HEAD + "sync: {prices: off}"),
    ("D204", "3:12", "`invoce`", "`invoice`", HEAD + "settings: {invoce: vat}"),
    ("D204", "3:18", "`pl`", "`PL`", HEAD + "settings: {tax: {pl: 23}}"),
    ("D204", "3:9", "the key `Base` must be `base` or", "", HEAD + "price: {Base: 1 PLN}"),
    ("D204", "2:9", "`sync` is not a key", "left edge", "kind: Defaults\nOffer: {sync: {price: off}}"),
    ("D204", "3:8", "`price:off` is not a key", "space after the colon of `price`", HEAD + "sync: {price:off}"),
    ("D204", "3:1", "is not a key", "a space in place of U+00A0 before the key", HEAD + "\u00a0stock: 1"),
    ("D204", "3:9", "`base:1`", "space after the colon of `base`", HEAD + "price: {base:1}"),
    ("D206", "3:13", "a:b` must be text, not null", "space after the colon of `a`", HEAD + "labels: {a:b}"),
    ("D206", "4:3", "not the text `title:x`", "space after the colon of `title`", HEAD + "content:\n  title:x"),
    ("D205", "1:1", "`name` is missing from Offer", "name: kubek", "kind: Offer"),
    ("D205", "3:12", "`allow_paid` is missing", "allow_paid: true", HEAD + "settings: {promotion: {package: x}}"),
    ("D205", "3:17", "`email` or `form_url`", "form_url", "kind: ResponsibleProducer\nname: x\nproducer_data: {contact: {phone_number: '1'}}"),
    ("D206", "3:8", "`price` must be text or a mapping, not the number 12.50", "price: 49.99 PLN", HEAD + "price: 12.50"),
    ("D206", "3:7", "not null (nothing is written after the colon)", "49.99", HEAD + "price:"),
    ("D206", "3:7", "`sync` must be a mapping, not the text `off`", "sync: {", HEAD + "sync: off"),
    ("D207", "3:8", "an amount and a currency", "49.99 PLN", HEAD + "price: 12,50 PLN"),
    ("D207", "3:17", "`active`, `ended` or `draft`", "`active`", HEAD + "stock: {status: activ}"),
    ("D207", "3:48", "costs money", "allow_paid: true", HEAD + "settings: {promotion: {package: x, allow_paid: false}}"),
    ("D207", "3:20", "below the project's folder", "images/", HEAD + "content: {images: [../x.jpg]}"),
    ("D207", "3:20", "https address", "images/", HEAD + "content: {images: ['http://x/y.jpg']}"),
    ("D207", "4:18", "the identifier that the upload gave", "4b2c6f7e", "kind: Warranty\nname: x\ntype: seller\nattachment: {id: gwarancja.pdf}"),
    ("D207", "3:22", "a duration such as PT24H", "PT24H", HEAD + "delivery: {handling: 24h}"),
    ("D208", "3:8", "must be at least 0, not -1", "73", HEAD + "stock: -1"),
    ("D208", "2:7", "101 characters; at most 100", "kubek", f"kind: Offer\nname: {'x' * 101}"),
    ("D208", "3:20", "exactly one of `gtin` and `id`", "gtin", HEAD + "content: {product: {gtin: '59012341', id: x}}"),
    ("D208", "3:25", "has 3 entries; at most 2", "", HEAD + "content: {description: [[{text: a}, {text: b}, {text: c}]]}"),
    ("D301", "5:7", "the name `x` is taken by another Offer", "another name", HEAD + "---\n" + HEAD),
    ("D302", "3:10", "there is no account `mian`", "`main`", HEAD + "account: mian"),
    ("D304", "3:11", "no SettingsTemplate `standrad`", "`standard`", HEAD + "settings: standrad\n---\nkind: SettingsTemplate\nname: standard"),
    ("D304", "3:11", "no SettingsTemplate `x`", "none in this project", HEAD + "settings: x"),
    ("D531", "5:7", "`X` and `x` differ only in capitals", "another name", HEAD + "---\nkind: Offer\nname: X"),
    ("D532", "5:7", "differ only in U+200B, which nobody sees", "another name", HEAD + "---\nkind: Offer\nname: x\u200b"),
    ("D533", "2:7", "holds U+00AD, which nobody sees", "Delete", "kind: Offer\nname: a\u00adb"),
    ("D534", "2:7", "is U+2060, which nobody sees", "letters and digits", "kind: Offer\nname: \u2060"),
    ("D333", "6:20", "DeliveryPriceList `alt` is renamed", "Write `neu`.", "kind: DeliveryPriceList\nname: neu\nmoved: {from: alt}\n---\n" + "kind: Offer\ndelivery: {prices: alt}\nname: x"),
    ("D333", "6:19", "Offer `x-1` is renamed", "Write `x-2`.", "kind: Offer\nname: x-2\nmoved: {from: x-1}\n---\nkind: Bundle\nslots: [{offers: [x-1]}, {offers: [x-2]}]\nname: b"),
    ("D305", "2:1", "two Defaults", "one", "--- {kind: Defaults}\n--- {kind: Defaults}"),
    ("D307", "1:1", "a Project can only be the one in reconcile.yaml", "ignore", "kind: Project\n" + ONE),
    ("D308", "3:27", "no ReturnPolicy document is called `zwroty-14-dn`", "`zwroty-14-dni`", HEAD + "settings: {return_policy: zwroty-14-dn}\n---\nkind: ReturnPolicy\nname: zwroty-14-dni"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "summary", "hint", "text"), CASES)
def test_message(code, place, summary, hint, text):
    (found,) = project(a=text).diagnostics
    assert found.code == code
    assert summary in found.summary
    assert hint in found.hint
    if code != "D305":
        assert str(found.mark) == f"a.yaml:{place}"
    assert not any(word in found.summary for word in JARGON)


def test_d303_an_offer_must_say_its_account_when_there_are_several():
    (found,) = project(reconcile=TWO, a=HEAD).diagnostics
    assert (found.code, str(found.mark)) == ("D303", "a.yaml:2:7")
    assert "main, second" in found.hint


@pytest.mark.parametrize(
    ("text", "words"), [("", "describes no project"), ("# nothing\n", "describes no project")]
)
def test_d306_no_project(text, words):
    (found,) = project(reconcile=text).diagnostics
    assert found.code == "D306"
    assert words in found.summary


def test_d209_a_document_that_nobody_can_explain_is_refused_all_the_same(monkeypatch):
    monkeypatch.setattr("reconciler.documents.load.verdict", lambda _kind: lambda _value: False)
    codes = {found.code for found in project(a=HEAD).diagnostics}
    assert "D209" in codes


def test_all_findings_come_at_once_and_in_reading_order():
    found = project(a="a: [", b=HEAD + "price: 5\nstok: 3", c=HEAD + "account: mian").diagnostics
    assert [f"{one.code} {one.mark}" for one in found] == [
        "D105 a.yaml:1:5",
        "D206 b.yaml:3:8",
        "D204 b.yaml:4:1",
        "D302 c.yaml:3:10",
    ]


def test_what_follows_from_another_mistake_is_not_told():
    broken_template = "kind: SettingsTemplate\nname: standard\ninvoce: vat"
    assert [one.code for one in project(a=HEAD + "settings: standard", b=broken_template).diagnostics] == ["D204"]
    assert [one.code for one in project(a=HEAD + "settings: standard", b="a: [").diagnostics] == ["D105"]
    assert [one.code for one in project(a=HEAD, reconcile="accounts: {main: 5}").diagnostics] == ["D206"]


def test_a_slip_in_a_name_is_told_beside_a_file_that_cannot_be_read():
    template = "kind: SettingsTemplate\nname: standard"
    found = project(a=HEAD + "settings: standart", b="a: [", c=template).diagnostics
    assert [one.code for one in found] == ["D304", "D105"]


def test_a_secret_that_was_pasted_is_not_repeated():
    secret = "eyJhbGciOiJSUzI1NiJ9.abc"
    account = f"accounts: {{main: {{marketplace: allegro, environment: simulator, login: a, credentials: {{token: {secret}}}}}}}"
    (found,) = project(reconcile=account).diagnostics
    assert found.code == "D207"
    assert "environment variable" in found.summary
    assert secret not in str(found)


def test_schema_for_is_the_published_file():
    assert schema_for("Offer")["title"] == "Offer"
    with pytest.raises(LookupError):
        schema_for("Nope")
