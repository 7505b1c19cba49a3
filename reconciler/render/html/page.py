"""One HTML file that opens offline: its data as a JSON block, its style and script beside it, and nothing else.

Its policy allows this very style and script by their digests, no other, and no request at all. Foreign text is
only ever JSON: no `<` is left in it, and the script shows it as text. Where there is much of it, it is packed
(gzip, in base64): the file is a seventh, and a browser opens it in less than half the time.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from reconciler.model.report_json import to_text
from reconciler.render.html.values import Json

LANGUAGES = ("en", "pl")
_STYLES = ("uplot/uPlot.min.css", "report.css")
_SCRIPTS = (
    "uplot/uPlot.iife.min.js",
    "say.js",
    "model.js",
    "charts.js",
    "timeline.js",
    "alike.js",
    "top.js",
    "table.js",
    "detail.js",
    "main.js",
)
_ICON = "data:,"
#: From so many characters on the data is packed; below whoever opens the file can read it.
_PACKED_FROM = 500_000
_PACKING = 6


def html_page(data: dict[str, Json], language: str) -> Iterator[str]:
    """Yield the parts of a page in a language of `LANGUAGES`."""
    style = _together(_STYLES)
    script = _script()
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    yield f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
    yield f'<link rel="icon" href="{_ICON}">\n<title>reconcile</title>\n<style>{style}</style>\n</head>\n<body>\n'
    yield '<script type="application/json" id="words">'
    yield _harmless({**words(language), **_meanings(data, language), "sentences": sentences(language)})
    yield "</script>\n"
    yield from _block(data)
    yield f"</script>\n<main></main>\n<script>{script}</script>\n</body>\n</html>\n"


@cache
def words(language: str) -> dict[str, Json]:
    """Return what the page says in a language."""
    found: dict[str, Json] = json.loads(_text(f"words.{language}.json"))
    return found


def _block(data: dict[str, Json]) -> Iterator[str]:
    text = _harmless(data)
    if len(text) < _PACKED_FROM:
        yield f'<script type="application/json" id="data">{text}'
        return
    yield '<script type="application/octet-stream" id="data">'
    yield base64.b64encode(gzip.compress(text.encode(), _PACKING, mtime=0)).decode()


def _meanings(data: dict[str, Json], language: str) -> dict[str, Json]:
    """Return what the codes of the page's findings mean, where its language is not the findings' own."""
    codes = dict.fromkeys(each[1] for each in data.get("findings", ()))
    said = findings(language)
    return {f"finding.{code}": said[code] for code in codes if code in said}


@cache
def findings(language: str) -> dict[str, str]:
    """Return what each code means in a language; nothing in English, which findings speak by themselves."""
    found: dict[str, str] = json.loads(_text(f"findings.{language}.json")) if language != "en" else {}
    return found


@cache
def sentences(language: str) -> list[list[str]]:
    """Return our own sentences as templates, each with its translation; nothing in English."""
    found: list[list[str]] = json.loads(_text(f"sentences.{language}.json")) if language != "en" else []
    return found


def _script() -> str:
    uplot, *ours = map(_text, _SCRIPTS)
    licence = _text("uplot/LICENSE")  # it asks to go with every copy
    return f'/*!\n{licence}*/\n{uplot}\n(async () => {{\n"use strict";\n{"".join(ours)}}})();\n'


def _together(names: tuple[str, ...]) -> str:
    return "\n".join(map(_text, names))


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _harmless(data: dict[str, Json]) -> str:
    r"""Return JSON that ends no element: every `<` in it is `\u003c`."""
    return to_text(data).replace("<", "\\u003c")
