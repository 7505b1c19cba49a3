"""Parameters, products, images and delivery."""

from __future__ import annotations

from hostile.case import Said, bad, doc, good, offer

PARAMETERS = [
    bad("parameters: twice, by case", "D530", "parameters", "`stan` and `Stan`", parameters="{Stan: Nowy, stan: Nowy}"),
    bad("parameters: twice, by a hard space", "D530", "parameters", "the same", parameters='{"Kolor a": x, "Kolor\\u00a0a": y}'),
    bad("parameters: twice, by what nobody sees", "D530", "parameters", "the same", parameters='{Stan: Nowy, "Stan\\u200b": Nowy}'),
    bad("parameters: twice", "D109", "parameters", "written twice", parameters="{Stan: Nowy, Stan: Używany}"),
    bad("parameters: twice, decomposed", "D109", "parameters", "written twice", parameters='{Długość: 1, "D\\u0142ugos\\u0301c\\u0301": 2}'),
    doc(
        "parameters: twice, from Defaults",
        "kind: Defaults\nOffer: {content: {parameters: {STAN: Nowy}}}\n---\n" + offer(),
        Said("D530", 12, "`Stan` and `STAN`"),
    ),
    good("parameters: a yes that is text", parameters="{Stan: Nowy, Wzór: yes}"),
    good("parameters: an exponent that is text", parameters="{Stan: Nowy, Wzór: 1e5}"),
    good("parameters: leading zeros", parameters="{Stan: Nowy, Wzór: 007}"),
    good("parameters: digits after the point", parameters="{Stan: Nowy, Wzór: 12.90}"),
    good("parameters: a range", parameters="{Stan: Nowy, Długość: {from: 1.50, to: 2}}"),
    bad("parameters: a range without an end", "D205", "parameters", "`to`", parameters="{Stan: Nowy, Długość: {from: 1}}"),
    bad("parameters: a range of words", "D501", "parameters", "not a number", parameters="{Stan: Nowy, Długość: {from: a, to: b}}"),
    bad("parameters: a mapping in a list", "D206", "parameters", "", parameters="{Stan: [{a: b}]}"),
    bad("parameters: a number for a name", "D110", "parameters", "not text", parameters="{11323: Nowy}"),
    good("parameters: an id in quotes", parameters='{"11323": Nowy}'),
    bad("parameters: a list of them", "D206", "parameters", "a list", parameters="[Stan, Nowy]"),
]  # fmt: skip

PRODUCTS = [
    bad("product: an exponent", "D207", "product", "5.90123E+12", product="{gtin: 5.90123E+12}"),
    bad("product: a check digit", "D536", "product", "would have to be 4", product='{gtin: "5901234123465"}'),
    bad("product: two digits turned", "D536", "product", "would have to be", product='{gtin: "5901234132464"}'),
    bad("product: nine digits", "D501", "product", "8, 12, 13 or 14", product='{gtin: "590123412"}'),
    bad("product: dashes", "D501", "product", "8, 12, 13 or 14", product='{gtin: "978-83-240-1234-5"}'),
    bad("product: other digits", "D207", "product", "", product='{gtin: "\\u0665\\u0669\\u0660\\u0661\\u0662\\u0663\\u0664\\u0661"}'),
    bad("product: spaces", "D207", "product", "", product='{gtin: "5901234 123464"}'),
    bad("product: a zero-width space", "D207", "product", "", product='{gtin: "5901234123464\\u200b"}'),
    good("product: without quotes", product="{gtin: 5901234123464}"),
    bad("product: eleven digits", "D501", "product", "8, 12, 13 or 14", product="{gtin: 12345678901}"),
    bad("product: both", "D208", "product", "exactly one", product='{gtin: "5901234123464", id: x}'),
    bad("product: neither", "D208", "product", "exactly one", product="{}"),
    bad("product: as text", "D206", "product", "a mapping", product='"5901234123464"'),
    bad("product: a name", "D204", "product", "`ean`", product='{ean: "5901234123464"}'),
    doc(
        "product: a further one with a slip",
        offer() + 'bundle:\n  - product: {gtin: "5901234123465"}\n    quantity: 2\n',
        Said("D536", 15, "would have to be 4"),
    ),
    doc(
        "product: the second of the further ones with a slip",
        offer() + 'bundle:\n  - product: {gtin: "5901234123464"}\n    quantity: 2\n  - product: {gtin: "5901234123465"}\n',
        Said("D536", 17, "would have to be 4"),
    ),
    doc(
        "product: a further one without pieces",
        offer() + 'bundle:\n  - product: {gtin: "5901234123464"}\n    quantity: 0\n',
        Said("D208", 16, "at least 1"),
    ),
]  # fmt: skip

IMAGES = [
    bad("images: none", "D503", "images", "at least 1", images="[]"),
    bad("images: null", "D503", "images", "at least 1", images=""),
    good("images: sixteen", images="[" + ", ".join(f"https://example.com/{n}.jpg" for n in range(16)) + "]"),
    bad("images: seventeen", "D503", "images", "at most 16", images="[" + ", ".join(f"https://example.com/{n}.jpg" for n in range(17)) + "]"),
    bad("images: plain http", "D207", "images", "https", images="[http://example.com/a.jpg]"),
    bad("images: not there", "D506", "images", "images/nie-ma.jpg", images="[images/nie-ma.jpg]"),
    bad("images: upwards", "D207", "images", "", images="[../a.jpg]"),
    bad("images: absolute", "D207", "images", "", images="[/etc/passwd]"),
    bad("images: backslashes", "D207", "images", "", images="['images\\a.jpg']"),
    bad("images: hidden", "D506", "images", ".env", images="[.env]"),
    bad("images: a folder", "D506", "images", "images", images="[images]"),
    bad("images: a text", "D206", "images", "a list", images="images/a.jpg"),
    bad("images: an empty one", "D208", "images", "empty", Said("D207", "images", "https"), images='[""]'),
    bad("images: a file address", "D207", "images", "", images="['file:///a.jpg']"),
]  # fmt: skip

DELIVERY = [
    bad("delivery: hours in words", "D207", "delivery", "PT24H", delivery="{prices: Standard, handling: 24h}"),
    bad("delivery: a time that is not sold", "D503", "delivery", "PT49H", delivery="{prices: Standard, handling: PT49H}"),
    good("delivery: days for hours", delivery="{prices: Standard, handling: P2D}"),
    bad("delivery: empty", "D208", "delivery", "empty", delivery="{}"),
    bad("delivery: a list", "D206", "delivery", "a list", delivery="[Standard]"),
    doc(
        "delivery: a method twice, by case",
        "kind: DeliveryPriceList\nname: nowy\nmethods:\n  Kurier DPD: 12.90 PLN\n  kurier dpd: 13.90 PLN\n",
        Said("D530", 5, "`kurier dpd` and `Kurier DPD`"),
    ),
]  # fmt: skip
