"""Pages in XML. Nothing outside of the answer is read for it, and no entity of its own is put in.

Where `records` and the columns are plain paths, a record is forgotten as soon as it is read.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from reconciler.connectors.base import SourceFault
from reconciler.connectors.http.pages import Page, RawCells, ReadsPage, is_web_page, wrong_cell
from reconciler.connectors.http.xml_paths import compiled, is_line, is_within, steps
from reconciler.model.tables import Column

_SAFE: Mapping[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
Cell = Callable[[Any], tuple[Any, str]]


def xml_reader(
    columns: tuple[Column, ...], records: str, told: Mapping[str, str], namespaces: Mapping[str, str]
) -> ReadsPage:
    """Return what reads pages: `records` leads to the elements, the columns' places into one of them.

    `told` are the paths to what is told beside.
    """
    places = [column.place for column in columns]
    cells = [(place, _cell(place, namespaces)) for place in places]
    whole = compiled(records, namespaces)
    paths = {name: compiled(path, namespaces, number=True) for name, path in told.items()}
    streams = not told and is_line(records) and all(map(is_within, places))
    line = steps(records, namespaces) if is_line(records) else ()
    top = "" if records.startswith("//") or not line else line[0]

    def row(record: Any) -> RawCells | str:
        found = []
        for place, cell in cells:
            value, why = cell(record)
            if why := why or wrong_cell(value):
                return f"`{place}` {why}"
            found.append(value)
        return tuple(found)

    def read(body: bytes) -> Page:
        rows = _streamed(body, line, row, anywhere=records.startswith("//")) if streams else None
        beside: dict[str, Any] = {}
        if rows is None:
            root = _root(body)
            _insist_on_root(root, top)
            rows = [row(each) for each in _elements(whole(root), records)]
            beside = {name: _single(path(root), told[name]) for name, path in paths.items()}
        return Page(rows=tuple(rows), listed=len(rows), told=beside)

    return read


def _streamed(
    body: bytes, line: tuple[str, ...], row: Callable[[Any], RawCells | str], *, anywhere: bool
) -> list[RawCells | str] | None:
    """Read record by record; None where records stand within records, which needs the whole tree."""
    from lxml import etree  # noqa: PLC0415 - only sources in XML need it

    rows: list[RawCells | str] = []
    _insist_on_content(body)
    found = etree.iterparse(BytesIO(body), events=("end",), tag=line[-1], **_SAFE)
    try:
        for _, element in found:
            above = [each.tag for each in element.iterancestors()]
            if anywhere and line[-1] in above:
                return None
            if anywhere or above == list(line[-2::-1]):
                rows.append(row(element))
                _forget(element)
    except etree.XMLSyntaxError as wrong:
        raise _broken(wrong, body) from wrong
    _insist_on_sane(found.root)
    _insist_on_root(found.root, "" if anywhere else line[0])
    return rows


def _forget(element: Any) -> None:
    element.clear(keep_tail=False)
    above = element.getparent()
    while above is not None and element.getprevious() is not None:
        del above[0]


def _root(body: bytes) -> Any:
    from lxml import etree  # noqa: PLC0415 - only sources in XML need it

    _insist_on_content(body)
    try:
        root = etree.fromstring(body, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as wrong:
        raise _broken(wrong, body) from wrong
    _insist_on_sane(root)
    return root


def _insist_on_content(body: bytes) -> None:
    if not body.strip():
        raise SourceFault("the answer is empty, not XML", short=True)
    if is_web_page(body):
        raise SourceFault("the answer is a web page, not XML", "Look at the address: it may be a login page.")


def _insist_on_sane(root: Any) -> None:
    dtd = root.getroottree().docinfo.internalDTD if root is not None else None
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise SourceFault("the answer declares entities of its own, which no table needs")


def _insist_on_root(root: Any, name: str) -> None:
    """An error in XML has no records either, and is no empty table."""
    if name and root.tag != name:
        raise SourceFault(f"the answer is `{root.tag}`, where `records` says `{name}`")


def _broken(wrong: Any, body: bytes) -> SourceFault:
    words = " ".join(str(wrong.msg or "").split())[:200]
    begun = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if begun and (words.startswith("Premature end") or not body.rstrip(b"\0 \t\r\n").endswith(b">")):
        return SourceFault("the answer is cut off: its XML has no end", short=True)
    return SourceFault(f"the answer is no XML: {words or 'it has no element'}")


def _elements(found: Any, records: str) -> list[Any]:
    elements = found if isinstance(found, list) else [found]
    if any(not hasattr(each, "tag") for each in elements):
        raise SourceFault(f"`{records}` leads to texts, not to elements")
    return elements


def _single(found: Any, path: str) -> Any:
    value, why = _value(found)
    if why:
        raise SourceFault(f"`{path}` {why}")
    return value


def _cell(place: str, namespaces: Mapping[str, str]) -> Cell:
    """Return what reads a cell of a record: the value, or why there is none that can be taken."""
    path = compiled(place, namespaces)
    if not is_within(place):
        return lambda record: _value(path(record))
    *elements, last = steps(place, namespaces)
    if last.startswith("@") and not elements:
        name = last[1:]
        return lambda record: (record.get(name), "")
    if not last.startswith("@") and not elements:
        return lambda record: _value(record.findall(last))
    return lambda record: _value(path(record))


def _value(found: Any) -> tuple[Any, str]:
    if isinstance(found, list):
        if not found:
            return None, ""
        if len(found) > 1:
            return None, f"stands there {len(found)} times"
        (found,) = found
    if not hasattr(found, "tag"):
        return (int(found), "") if isinstance(found, float) and found.is_integer() else (found, "")
    return (None, "holds other elements") if len(found) else (found.text, "")
