"""Files, YAML itself, and content templates."""

from __future__ import annotations

import unicodedata

from hostile.case import Case, Said, doc, offer

FILES = [
    doc("file: empty", ""),
    doc("file: a comment", "# nothing\n"),
    doc("file: a list", "- a\n", Said("D201", 1, "a mapping")),
    doc("file: no kind", "name: a\n", Said("D202", 1, "kind")),
    doc("file: a kind that is none", "kind: Ofer\nname: a\n", Said("D203", 1, "Ofer")),
    doc("file: a kind decomposed", unicodedata.normalize("NFD", "kind: Óffer\nname: a\n"), Said("D203", 1, "Óffer")),
    doc("file: tabs", "kind: Offer\n\tname: a\n", Said("D105", 2, "not valid YAML")),
    doc("file: a bracket not closed", "kind: Offer\nname: [a\n", Said("D105", 2, "ends in the middle")),
    doc("file: a quote not closed", 'kind: Offer\nname: "a\n', Said("D105", 2, "ends in the middle")),
    doc("file: a tag", "kind: Offer\nname: !!str 5\n", Said("D113", 2, "tag")),
    doc("file: a merge key", "kind: Offer\nname: a\nlabels: {<<: {a: b}}\n", Said("D111", 3, "merge")),
    doc("file: an alias without its anchor", "kind: Offer\nname: *a\n", Said("D108", 2, "alias")),
    doc("file: an alias", "kind: Offer\nname: &n 1e5\nlabels: {key: *n}\n"),
    doc("file: a key twice", "kind: Offer\nname: a\nname: b\n", Said("D109", 3, "twice")),
    doc("file: a section that is none", "kind: Offer\nname: a\nprise: 1 PLN\n", Said("D204", 3, "prise")),
    doc("file: Windows-1250", "", Said("D104", "b.yaml:2", "UTF-8"), files={"b.yaml": "kind: Offer\nname: żółć\n".encode("cp1250")}),
    doc("file: UTF-16", "", Said("D103", "b.yaml:1", "UTF-16"), files={"b.yaml": "kind: Offer\n".encode("utf-16")}),
    doc("file: a NUL", "", Said("D102", "b.yaml:2", "NUL"), files={"b.yaml": b"kind: Offer\nname: a\x00\n"}),
    doc("file: a byte order mark", "", files={"b.yaml": b"\xef\xbb\xbfkind: Offer\nname: a\n"}),
    doc("file: lines of Windows", "kind: Offer\r\nname: a\r\nstock: 5\r\n"),
    doc("file: two projects", "kind: Project\naccounts: {main: {marketplace: allegro, environment: simulator, login: x}}\n", Said("D307", 1, "Project")),
    doc("file: two Defaults", "kind: Defaults\n---\nkind: Defaults\n", Said("D305", 3, "two Defaults")),
    doc("file: deep", "kind: Offer\nname: " + "[" * 100 + "\n", Said("D106", 2, "64 levels")),
]  # fmt: skip


def templated(name: str, template: str, *said: Said, **others: str) -> Case:
    """An offer whose description this template writes."""
    files = {"opis.html": template, **{path.replace("_", "."): text for path, text in others.items()}}
    return doc(name, offer(description="{template: opis.html}"), *said, files=files, sells=not said)


TEMPLATES = [
    templated("template: a text", "<p>{{ title }} &amp; {{ parameters.Stan }}</p>\n"),
    templated("template: decomposed", "<p>z\u0307o\u0301ć</p>\n"),
    templated("template: a name that is not there", "<p>a</p>\n\n<p>{{ nazwa }}</p>\n", Said("D403", "opis.html:3", "nazwa")),
    templated("template: a parameter that is not there", "<p>a</p>\n<p>{{ parameters.Kolor }}</p>\n", Said("D403", "opis.html:2", "Kolor")),
    templated("template: not closed", "<p>a</p>\n{% if title %}\n<p>b</p>\n", Said("D402", "opis.html:3", "not valid")),
    templated("template: a filter that is none", "\n\n<p>{{ title|duzo }}</p>\n", Said("D402", "opis.html:3", "not valid")),
    templated("template: a tag that is none", "\n{% include %}\n", Said("D402", "opis.html:2", "not valid")),
    templated("template: in another one", '\n{% include "stopka.html" %}\n', Said("D403", "stopka.html:2", "nic"), stopka_html="<p>a</p>\n<p>{{ nic }}</p>\n"),
    templated("template: another one that is not there", '<p>a</p>\n{% include "nie-ma.html" %}\n', Said("D401", "opis.html:2", "nie-ma.html")),
    templated("template: itself", '<p>a</p>\n{% include "opis.html" %}\n', Said("D406", "opis.html:2", "include each other")),
    templated("template: divided by zero", "<p>a</p>\n<p>{{ 1 / 0 }}</p>\n", Said("D407", "opis.html:2", "zero")),
    templated("template: a list", "<p>a</p>\n<p>{{ [1, 2] }}</p>\n", Said("D407", "opis.html:2", "a list")),
    templated("template: too much", "<p>a</p>\n{% for i in range(9999) %}\n{{ 'x' * 100 }}\n{% endfor %}\n", Said("D405", "opis.html:3", "200,000")),
    templated("template: without end", "\n{% macro m() %}\n{{ m() }}\n{% endmacro %}\n{{ m() }}\n", Said("D405", "opis.html:3", "without end")),
    templated("template: reaching out", "\n{{ title.__class__ }}\n", Said("D404", "opis.html:2", "may not")),
    templated("template: over lines", "<p>\n{{ [\n1,\nnic.a\n]|join }}</p>\n", Said("D403", "opis.html:2", "nic")),
    templated("template: bare text", "{{ title }}\n", Said("D503", "description", "outside of any tag")),
    templated("template: safe HTML that is none", "<p>{{ '<i>a</i>'|safe }}</p>\n", Said("D503", "description", "<i>")),
    doc("template: not there", offer(description="{template: nie-ma.html}"), Said("D401", "description", "nie-ma.html")),
    doc("template: hidden", offer(description="{template: .env}"), Said("D401", "description", ".env")),
    doc("template: upwards", offer(description="{template: ../a.html}"), Said("D207", "description", "below the project")),
    doc("template: a title of two words", offer(title="{template: t.txt}"), Said("D503", "title", "2 words"), files={"t.txt": "Talerz\nporcelanowy\n"}),
    doc("template: a title over lines", offer(title="{template: t.txt}"), files={"t.txt": "Talerz\nporcelanowy\n\nbiały {{ name }}\n"}, sells=True),
]  # fmt: skip
