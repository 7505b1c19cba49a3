"""A reading of an http source from its first page to its last, as a conversation."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.connectors.base import Found, Record, SourceFault
from reconciler.connectors.conversation import Ask, Asking, Header, Talk
from reconciler.connectors.http.address import VARIABLE, shown
from reconciler.connectors.http.asking import Desk, NotThere, ShutOut, asked
from reconciler.connectors.http.authorizing import headers_of, token, variables
from reconciler.connectors.http.checking import column_problems, problems, said_of
from reconciler.connectors.http.json_pages import json_reader
from reconciler.connectors.http.pages import Page, RawCells, ReadsPage
from reconciler.connectors.http.paging import Came, PageStep, first_step, next_step, told_paths
from reconciler.connectors.http.questions import question
from reconciler.connectors.http.xml_pages import xml_reader
from reconciler.model.tables import BadRow, Source
from reconciler.model.wire import Sleep

MOST_PAGES, MOST_ROWS = 10_000, 2_000_000
_GRAPHQL = "query"


class _Moved(Exception):  # noqa: N818 - it names what happened
    """The number of all rows is another one than on the page before."""


class _Asker:
    """Asks with what opens the source; a token that has run out meanwhile is asked for again."""

    def __init__(self, settings: Mapping[str, Any], where: str) -> None:
        self._auth: Mapping[str, Any] = settings.get("auth", {})
        self._headers: dict[str, Header] = {name: str(said) for name, said in settings.get("headers", {}).items()}
        self._headers |= headers_of(self._auth)
        self._desk = Desk(where=where, variables=variables(self._auth))
        self._used = False

    def ask(self, question: Ask) -> Asking:
        """Return a good answer."""
        said = self._auth.get("client_credentials")
        if said and "Authorization" not in self._headers:
            yield from self._renew(said)
        try:
            reply = yield from asked(replace(question, headers=self._headers), self._desk)
        except ShutOut:
            if not said or not self._used:
                raise
            self._used = False
            yield from self._renew(said)
            reply = yield from asked(replace(question, headers=self._headers), self._desk)
        self._used = True
        return reply

    def _renew(self, said: Mapping[str, Any]) -> Generator[Ask | Sleep, Any, None]:
        self._headers["Authorization"] = yield from token(said)


def read(source: Source, address: str = "") -> Talk:
    """Read all rows. `address` is what the environment variable holds that `url` names.

    SourceFault where the settings are wrong, the source is not to be read, or not to its end.
    """
    settings = source.settings
    for problem in (*problems(settings), *column_problems(settings, source.columns)):
        raise SourceFault(said_of(problem), problem[2])
    named = bool(VARIABLE.fullmatch(settings["url"]))
    where = settings["url"] if named else shown(settings["url"])
    url = address if named else settings["url"]
    asker, reader = _Asker(settings, where), _reader(source)
    if not settings.get("total"):
        yield from _pages(source, url, asker, reader)
        return
    try:
        held = yield from _held(source, url, asker, reader)
    except _Moved:
        try:
            held = yield from _held(source, url, asker, reader)
        except _Moved as again:
            raise SourceFault(
                "the number of rows moved in two readings, one after the other", short=True
            ) from again
    yield from held


def download(address: str, auth: Mapping[str, Any], where: str) -> Asking:
    """Ask for a file. `where` is what people call the address."""
    return (yield from _Asker({"auth": auth}, where).ask(Ask(method="GET", url=address, expects="bytes")))


def _reader(source: Source) -> ReadsPage:
    settings = source.settings
    told = told_paths(settings.get("paging", {}), settings.get("total", ""))
    records = settings.get("records", "")
    if settings.get("format") == "xml":
        return xml_reader(source.columns, records, told, settings.get("namespaces", {}))
    graphql = isinstance(settings.get("body", {}).get(_GRAPHQL), str)
    return json_reader(source.columns, records, told, graphql=graphql)


def _held(source: Source, url: str, asker: _Asker, reader: ReadsPage) -> Generator[Any, Any, list[Found]]:
    """Read to the end and give nothing before: it may have to be read again."""
    held: list[Found] = []
    yield from _pages(source, url, asker, reader, held)
    return held


def _pages(source: Source, url: str, asker: _Asker, reader: ReadsPage, held: list[Found] | None = None) -> Talk:
    """Read page after page; what is found is put into `held` where there is one."""
    settings = source.settings
    paging = settings.get("paging", {})
    step: PageStep | None = first_step(paging)
    seen: set[PageStep] = set()
    last: tuple[RawCells | str, ...] = ()
    came: Came | None = None
    while step is not None:
        if step in seen:
            raise SourceFault("the next page is one that was read before: the paging has no end")
        seen.add(step)
        ask = question(settings, url, {}, step)
        try:
            reply = yield from asker.ask(ask)
        except NotThere as fault:
            raise fault if came is None else _no_such_page(len(seen), fault) from None
        page = reader(reply.body)
        if page.rows and page.rows == last:
            raise SourceFault(
                f"page {len(seen)} is the one before once more: the paging has no end",
                "Look at `paging`; `total` tells when all is read.",
            )
        last = page.rows
        total = _total(page, came) if settings.get("total") else None
        came = Came(
            page=page,
            reply=reply,
            url=ask.url,
            pages=len(seen),
            listed=page.listed + (came.listed if came else 0),
            total=total,
        )
        _insist_on_bounds(came)
        found = Found(tuple(_records(page, len(seen) if paging else 0)))
        if held is None:
            yield found
        else:
            held.append(found)
        step = next_step(paging, came)
    if came and came.total is not None and came.listed < came.total:
        raise SourceFault(f"only {came.listed:,} of {came.total:,} rows came", short=True)


def _no_such_page(number: int, fault: NotThere) -> SourceFault:
    """Say what it means that pages end with an error: where the last one is, nobody said."""
    return SourceFault(
        f"page {number}: {fault.summary}",
        "If pages end so, say where the number of all rows is (`total`): none is asked for after the last one.",
    )


def _total(page: Page, before: Came | None) -> int:
    said = page.told["total"]
    digits = isinstance(said, str) and said.isascii() and said.strip().isdigit() and len(said) < 20
    total = int(said) if digits else said
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise SourceFault("`total` leads to no whole number", "It is the path to the number of all rows.")
    if before and before.total != total:
        raise _Moved
    return total


def _insist_on_bounds(came: Came) -> None:
    if came.total is not None and came.listed > came.total:
        raise SourceFault(f"{came.listed:,} rows came, and the source says that it has {came.total:,}")
    if came.pages >= MOST_PAGES and came.page.rows:
        raise SourceFault(f"it goes on after {MOST_PAGES:,} pages, the most that is read")
    if came.listed > MOST_ROWS:
        raise SourceFault(f"it goes on after {MOST_ROWS:,} rows, the most that is read")


def _records(page: Page, number: int) -> Iterator[Record]:
    lead = f"page {number}, " if number else ""
    for at, row in enumerate(page.rows, 1):
        place = f"{lead}row {at}"
        yield BadRow(place=place, why=row) if isinstance(row, str) else (place, row)
