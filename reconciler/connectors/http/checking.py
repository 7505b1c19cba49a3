"""What is wrong with the settings of an http source, before anything is asked."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.connectors.base import Objection
from reconciler.connectors.http.address import VARIABLE, wrong_address
from reconciler.connectors.http.authorizing import auth_problems
from reconciler.connectors.http.finding import unknown_keys
from reconciler.connectors.http.paging import kind_of, paging_problems, told_paths
from reconciler.connectors.http.picking import BadPath, hides_its_list, picked
from reconciler.connectors.http.questions import body_paging_problems, question_problems
from reconciler.connectors.http.xml_paths import compiled, is_line
from reconciler.documents.addresses import ALLOW
from reconciler.documents.near import listed
from reconciler.model.tables import Column

#: The keys of a Source document that are an http source's own.
KEYS: Mapping[str, str] = {
    "url": "an https address, or the name of an environment variable that holds it",
    "method": "GET when left out",
    "query": "what stands behind the address",
    "body": "a JSON body; GraphQL is {query, variables}",
    "headers": "further headers",
    "auth": "bearer, basic, header or client_credentials",
    "format": "json or xml",
    "records": "JMESPath, or XPath, to the list of records",
    "paging": "page, offset, cursor, link or next",
    "total": "JMESPath to the number of all records",
    "namespaces": "prefixes of XML namespaces",
    "timezone": "the zone of moments that name none",
    "decimal": "the decimal sign of written numbers",
    ALLOW: "read over http without encryption",
}
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_SAID = re.compile(r"[ -~]{0,2000}")
#: Headers that the connection writes itself, and those that would hold a secret.
_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"})
#: What counts what an answer holds: a number that proves nothing, since it is always what came.
_COUNTS = re.compile(r"\b(?:length|count|last|position)\s*\(")
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def problems(settings: Mapping[str, Any]) -> Iterator[Objection]:
    """Yield what is wrong: the path of the setting, what, and what to do."""
    xml = settings.get("format") == "xml"
    plain = settings.get(ALLOW, False) is True
    yield from unknown_keys(settings, KEYS)
    if not isinstance(settings.get(ALLOW, False), bool):
        yield (ALLOW,), "is neither true nor false", ""
    if settings.get("format", "json") not in ("json", "xml"):
        yield ("format",), "is neither json nor xml", ""
    yield from _url_problems(settings.get("url"), plain=plain)
    yield from _header_problems(settings.get("headers", {}))
    if "auth" in settings:
        yield from auth_problems(settings["auth"], plain=plain)
    wrong = list(question_problems(settings))
    paging = settings.get("paging", {})
    unclear = list(paging_problems(paging, xml=xml)) if "paging" in settings else []
    yield from (*wrong, *unclear)
    if not _are_namespaces(settings.get("namespaces", {})):
        yield ("namespaces",), "are no prefixes with addresses", "Write `{g: http://base.google.com/ns/1.0}`."
    else:
        yield from _path_problems(settings, {} if unclear else paging, xml=xml)
    if "paging" in settings and isinstance(settings.get("body"), Mapping) and not unclear:
        yield from body_paging_problems(settings)


def column_problems(settings: Mapping[str, Any], columns: tuple[Column, ...]) -> Iterator[Objection]:
    """Yield what is wrong with the places of columns: paths into a record."""
    namespaces = settings.get("namespaces", {})
    xml = settings.get("format") == "xml"
    for column in columns:
        yield from _bad_path(column.place, ("columns", column.name), xml=xml, namespaces=namespaces)


def _url_problems(url: Any, *, plain: bool) -> Iterator[Objection]:
    if not isinstance(url, str) or not url:
        yield ("url",), "is not there", "Write an https address, or the name of an environment variable."
    elif not VARIABLE.fullmatch(url):
        wrong, hint = wrong_address(url, plain=plain)
        if wrong:
            yield ("url",), wrong, hint


def _header_problems(headers: Any) -> Iterator[Objection]:
    if not isinstance(headers, Mapping):
        yield ("headers",), "are no object", "Write `{X-Shop: main}`."
        return
    for name, said in headers.items():
        where = ("headers", name)
        if not isinstance(name, str) or not _HEADER.fullmatch(name):
            yield where, "cannot be the name of a header", ""
        elif name.lower() in _SECRET:
            yield where, "holds a secret", "Write `auth`, with the name of an environment variable."
        elif name.lower() in _OURS:
            yield where, "is written by the connection itself", "Leave it out."
        if not isinstance(said, str | int) or not _SAID.fullmatch(str(said)):
            yield where, "is no text of one line in ASCII", ""


def _path_problems(settings: Mapping[str, Any], paging: Mapping[str, Any], *, xml: bool) -> Iterator[Objection]:
    namespaces = settings.get("namespaces", {})
    records = settings.get("records", "")
    beside = told_paths(paging, settings.get("total", ""))
    bad = False
    if records or xml:
        for each in _bad_path(records, ("records",), xml=xml, namespaces=namespaces):
            bad = True
            yield each
    for name, path in beside.items():
        where = ("total",) if name == "total" else ("paging", name)
        yield from _bad_path(path, where, xml=xml, namespaces=namespaces, number=True)
        if name == "total" and _COUNTS.search(str(path)):
            yield (
                where,
                "counts what came, and so proves nothing",
                "Say where the source tells how many there are.",
            )
    if bad or kind_of(paging) not in ("page", "offset"):
        return
    if xml and (not is_line(records) or records.startswith("//")):
        hint = "Write it from the top, element by element: /offers/offer."
        yield ("records",), "must be a plain path where an empty page is the last one", hint
    if not xml and records and hides_its_list(records):
        yield ("records",), "filters within a function, so that nobody sees which page is empty", ""


def _bad_path(
    path: Any, where: tuple[str, ...], *, xml: bool, namespaces: Mapping[str, str], number: bool = False
) -> Iterator[Objection]:
    if not isinstance(path, str) or not path:
        yield where, f"is no {'XPath' if xml else 'JMESPath'}", ""
        return
    try:
        if xml:
            compiled(path, namespaces, number=number)
        else:
            picked(path)
    except BadPath as wrong:
        yield where, wrong.summary, wrong.hint


def _are_namespaces(said: Any) -> bool:
    return isinstance(said, Mapping) and all(isinstance(each, str) and each for each in (*said, *said.values()))


def said_of(problem: Objection) -> str:
    """Say a finding in one line."""
    path, what, _ = problem
    return f"{listed(['.'.join(map(str, path))])} {what}"
