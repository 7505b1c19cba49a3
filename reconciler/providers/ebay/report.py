"""The report of what is on sale: one file with the SKU, price and pieces of each listing.

feed createTask, getTask, getResultFile: a task is made, looked at until it is done, and its file is a ZIP of XML.
An account has 25 of them a day, so whoever gets none reads each offer by itself.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from msgspec import Struct

from reconciler.model.outcomes import FaultKind
from reconciler.model.texts import nfc
from reconciler.model.wire import Response, Sleep
from reconciler.providers.base import MarketplaceFault, Reading
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.ebay.answers import CREATED, TASK
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import fetch, not_the_api
from reconciler.providers.forms import Form
from reconciler.providers.outcomes import waits

_TASKS = "/sell/feed/v1/task"
_FEED = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
#: A report is there within a minute, mostly ?; who waits longer reads the offers by themselves sooner.
_FIRST, _MOST, _TOTAL = 2.0, 15.0, 240.0
#: Statuses of a task (feed FeedStatusEnum).
_DONE, _AT_WORK = frozenset({"COMPLETED"}), frozenset({"CREATED", "QUEUED", "IN_PROCESS", "PENDING"})
#: Bytes that the XML may have: 200 for each of a million listings.
_LARGEST = 200_000_000


class OnSale(Struct, frozen=True):
    """A listing as the report has it. One with variations may say neither price nor pieces."""

    sku: str
    listing_id: str
    price: str
    currency: str
    quantity: int | None
    varied: bool = False


def file_form(value: Any) -> str:
    """Ask for the bytes of a file."""
    return "" if isinstance(value, bytes) else " is no file"


FILE: Form = file_form


def answer(response: Response) -> Answer:
    """Read the answer that is a file."""
    return Answer(response.status, response.headers, response.body)


def listed(reading: Reading) -> Conversation[tuple[OnSale, ...] | None]:
    """Return what is on sale on the account's site; None where no report is to be had now."""
    try:
        file = yield from _made(reading)
    except MarketplaceFault as refusal:
        if refusal.fault.kind is FaultKind.AUTH and not refusal.denied:
            raise
        return None
    if file is None:
        return None
    try:
        return tuple(_rows(file))
    except (zipfile.BadZipFile, ValueError, KeyError, SyntaxError) as odd:
        raise MarketplaceFault(not_the_api(f"the report cannot be read ({odd})")) from odd


def by_sku(rows: Iterable[OnSale]) -> Mapping[str, OnSale]:
    """Return what is on sale by SKU. One that is listed twice is left out: nobody knows which one is meant."""
    found: dict[str, OnSale] = {}
    twice: set[str] = set()
    for row in rows:
        if row.sku in found:
            twice.add(row.sku)
        if row.sku and not row.varied and row.quantity is not None:
            found[row.sku] = row
    return {sku: row for sku, row in found.items() if sku not in twice}


def _made(reading: Reading) -> Conversation[bytes | None]:
    headers = {"X-EBAY-C-MARKETPLACE-ID": marketplace_id(reading.base_market)}
    said: Answer = yield Request(
        method="POST",
        path=_TASKS,
        expects=CREATED,
        json=_FEED,
        headers=headers,
        reads=True,
        name="report.task",
        budgets=("feed",),
    )
    if said.fault:
        raise MarketplaceFault(said.fault, denied=said.status == 403)
    task = said.headers.get("location", "").rpartition("/")[2]
    if not task:
        return None
    for pause in waits(_FIRST, _MOST, _TOTAL):
        yield Sleep(pause)
        state = yield from fetch(_reading(task, TASK, "report.state"))
        if state["status"] in _DONE:
            asked = _reading(f"{task}/download_result_file", FILE, "report.file")
            file: bytes = yield from fetch(replace(asked, media="application/octet-stream"))
            return file
        if state["status"] not in _AT_WORK:
            return None
    return None


def _reading(path: str, expects: Form, name: str) -> Request:
    return Request(method="GET", path=f"{_TASKS}/{path}", expects=expects, name=name, budgets=("feed",))


def _rows(file: bytes) -> Iterator[OnSale]:
    """Yield the row of each listing. Entities and a document type are none of a report's."""
    from lxml import etree  # noqa: PLC0415 - heavy, and rarely needed

    with zipfile.ZipFile(BytesIO(file)) as packed:
        names = [each for each in packed.infolist() if each.filename.lower().endswith(".xml")]
        if len(names) != 1 or names[0].file_size > _LARGEST:
            raise ValueError("it is not one XML file of a size that a report has")
        source = BytesIO(packed.read(names[0]))
        parser = etree.iterparse(
            source, events=("end",), tag="{*}SKUDetails", resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, element in parser:
            yield _row({etree.QName(each).localname: each for each in element})
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _row(said: Mapping[str, Any]) -> OnSale:
    """Read one listing. What has variations says price and pieces of each of them, and none of its own."""
    price, pieces = said.get("Price"), _text(said, "Quantity")
    return OnSale(
        sku=nfc(_text(said, "SKU")),
        listing_id=_text(said, "ItemID"),
        price=_text(said, "Price"),
        currency="" if price is None else price.get("currencyID") or "",
        quantity=int(pieces) if pieces else None,
        varied="Variations" in said,
    )


def _text(said: Mapping[str, Any], member: str) -> str:
    return (said[member].text or "").strip() if member in said else ""
