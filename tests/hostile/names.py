"""Keys, moves, references, accounts and named objects."""

from __future__ import annotations

from hostile.case import Case, Said, bad, doc, good, offer


def pair(name: str, one: str, other: str, *said: Said) -> Case:
    """Two offers whose names are these, the second in line 4."""
    return doc(name, f"kind: Offer\nname: {one}\n--- \nkind: Offer\nname: {other}\n", *said)


KEYS = [
    pair("key: by case", "K-1", "k-1", Said("D531", 5, "`k-1` and `K-1`")),
    pair("key: decomposed", '"\\u017buk"', '"Z\\u0307uk"', Said("D301", 5, "taken")),
    pair("key: a zero-width space more", "K-1", '"K-1\\u200b"', Said("D532", 5, "U+200B")),
    pair("key: a byte order mark more", '"\\ufeffK-1"', "K-1", Said("D207", 2, "spaces at its ends")),
    pair("key: wide letters", "K-1", '"\\uff2b-1"', Said("D531", 5, "forms of letters")),
    pair("key: a hard space", '"K 1"', '"K\\u00a01"', Said("D531", 5, "spaces")),
    pair("key: sharp s", '"gro\\u00df"', "gross", Said("D531", 5, "")),
    pair("key: the same", "K-1", "K-1", Said("D301", 5, "taken")),
    pair("key: a number and its text", "100", '"100"', Said("D301", 5, "taken")),
    pair("key: a number with a point and without", "100.0", "100"),
    pair("key: exponents of one value", "1e3", "12E2"),
    pair("key: one exponent and its number", "1e3", "1000"),
    pair("key: with a plus and without", "+48600100200", "48600100200"),
    bad("key: one zero-width space", "D534", "name", "U+200B", name='"\\u200b"'),
    bad("key: nothing that is seen", "D534", "name", "U+200B, U+2060", name='"\\u200b\\u2060"'),
    good("key: a zero-width space in it", Said("D533", "name", "U+200B"), name='"K\\u200b1"'),
    good("key: an exponent", name="1e5"),
    good("key: a telephone number", name="+48600100200"),
    good("key: a decimal", name="12.90"),
    good("key: leading zeros", name="0570"),
    good("key: base 16", name="0x10"),
    good("key: a date", name="2026-11-28"),
    good("key: no", name="no"),
    good("key: a true word", name="true"),
    good("key: letters of Poland", name="zażółć-gęślą-jaźń"),
    good("key: 100 characters", name="k" * 100),
    bad("key: 101 characters", "D208", "name", "101", name="k" * 101),
    bad("key: empty", "D208", "name", "", Said("D207", "name", ""), name='""'),
    bad("key: nothing", "D206", "name", "null", name=""),
    bad("key: a tilde", "D206", "name", "null", name="~"),
    bad("key: a space before", "D207", "name", "spaces at its ends", name='" K-1"'),
    bad("key: a line break", "D207", "name", "one line", name='"K\\n1"'),
    bad("key: a tab", "D207", "name", "one line", name='"K\\t1"'),
    bad("key: a list", "D206", "name", "a list", name="[K-1]"),
    bad("key: too large a number", "D112", "name", "too large", name="1" * 40),
    bad("key: an escape for a terminal", "D107", "name", "control", name='"K\\e[31m"'),
    doc("key: by case in two kinds", "kind: OfferTag\nname: k-1\n---\n" + offer()),
]  # fmt: skip

MOVES = [
    doc("moved: from a name that is declared", offer() + "---\n" + offer(name="K-2").replace("settings:", "moved: {from: K-1}\nsettings:"), Said("D310", 17, "")),
    doc("moved: two from one", "kind: Offer\nname: a\nmoved: {from: 1e5}\n---\nkind: Offer\nname: b\nmoved: {from: 1e5}\n", Said("D311", 3, "1e5"), Said("D311", 7, "1e5")),
    doc("moved: from exponents of one value", "kind: Offer\nname: a\nmoved: {from: 1e5}\n---\nkind: Offer\nname: b\nmoved: {from: 10e4}\n"),
    doc("moved: from nothing", "kind: Offer\nname: a\nmoved: {from: ''}\n", Said("D208", 3, "empty")),
    doc("moved: without from", "kind: Offer\nname: a\nmoved: {}\n", Said("D205", 3, "`from`")),
    doc("moved: a name alone", "kind: Offer\nname: a\nmoved: b\n", Said("D206", 3, "a mapping")),
]  # fmt: skip

OBJECTS = [
    doc("tag: decomposed twins", 'kind: OfferTag\nname: "\\u017b"\n---\nkind: OfferTag\nname: "Z\\u0307"\n', Said("D301", 5, "taken")),
    doc("policy: by case", "kind: ReturnPolicy\nname: Zwroty\n---\nkind: ReturnPolicy\nname: zwroty\n", Said("D531", 5, "")),
    doc("tags: the same one decomposed", 'kind: Offer\nname: a\nsettings: {tags: ["\\u017b", "Z\\u0307"]}\n', Said("D208", 3, "twice")),
    doc("reference: nearly a document", "kind: Offer\nname: a\nsettings: {return_policy: zwroty-14-dn}\n---\nkind: ReturnPolicy\nname: zwroty-14-dni\n", Said("D308", 3, "")),
    doc("reference: decomposed", 'kind: Offer\nname: a\nsettings: {return_policy: "z\\u0307"}\n---\nkind: ReturnPolicy\nname: "\\u017c"\n'),
    doc("reference: a list", "kind: Offer\nname: a\nsettings: {return_policy: [a]}\n", Said("D206", 3, "")),
    doc("reference: empty", "kind: Offer\nname: a\nsettings: {return_policy: ''}\n", Said("D208", 3, "empty")),
    doc("reference: id and name", "kind: Offer\nname: a\nsettings: {return_policy: {id: x, name: y}}\n", Said("D204", 3, "`name`")),
    doc("account: one that is not there", "kind: Offer\nname: a\naccount: mian\n", Said("D302", 3, "mian")),
    doc("account: in capitals", "kind: Offer\nname: a\naccount: MAIN\n", Said("D302", 3, "MAIN")),
    doc("template: one that is not there", "kind: Offer\nname: a\nsettings: standart\n---\nkind: SettingsTemplate\nname: standard\n", Said("D304", 3, "standart")),
    doc("template: an exponent for a name", "kind: Offer\nname: a\nsettings: 1e5\n---\nkind: SettingsTemplate\nname: 1e5\n"),
    doc("price list: a price in capitals", "kind: DeliveryPriceList\nname: a\nmethods: {Kurier DPD: 12.90 pln}\n", Said("D207", 3, "49.99 PLN")),
    doc("bundle: one slot", "kind: Bundle\nname: a\nslots: [{offers: [b]}]\n", Said("D208", 3, "")),
    doc("warranty: an attachment by its file name", "kind: Warranty\nname: a\ntype: seller\nattachment: {id: gwarancja.pdf}\n", Said("D207", 4, "the identifier that the upload gave")),
    doc("warranty: an attachment", "kind: Warranty\nname: a\ntype: seller\nattachment: {id: 4b2c6f7e-7f0a-4f0e-9a5b-0b8a0c7c1d2e}\n"),
    doc("warranty: no attachment", "kind: Warranty\nname: a\ntype: seller\nattachment: null\n"),
    doc("tax: a country in small letters", "kind: Offer\nname: a\nsettings: {tax: {pl: 23}}\n", Said("D204", 3, "`pl`")),
    doc("tax: more than all", "kind: Offer\nname: a\nsettings: {tax: {PL: 123}}\n", Said("D208", 3, "")),
    doc("bundle: a discount of nothing", "kind: Bundle\nname: a\nslots: [{offers: [b]}, {offers: [c]}]\ndiscount: {whole: {minimum: 2, allegro-pl: 0}}\n", Said("D208", 4, "")),
    doc("bundle: a discount from more offers on than it has slots", "kind: Bundle\nname: a\nslots:\n  - {offers: [b], entry: true}\n  - {offers: [c]}\ndiscount:\n  whole: {minimum: 3, allegro-pl: 10}\n", Said("D503", 7, "has 2 slots")),
    doc("bundle: a discount from as many as it has slots", "kind: Bundle\nname: a\nslots:\n  - {offers: [b], entry: true}\n  - {offers: [c]}\ndiscount:\n  whole: {minimum: 2, allegro-pl: 10}\n"),
    doc("bundle: a discount of a slot that is not there", "kind: Bundle\nname: a\nslots:\n  - {offers: [b], entry: true}\n  - {offers: [c]}\ndiscount:\n  slots:\n    - {slot: 1, allegro-pl: 10}\n    - {slot: 2, allegro-pl: 10}\n", Said("D503", 9, "0 to 1")),
    doc("bundle: an offer in two slots", "kind: Bundle\nname: a\nslots:\n  - {offers: [b], entry: true}\n  - {offers: [d, b]}\n", Said("D503", 5, "the offer b twice")),
]  # fmt: skip
