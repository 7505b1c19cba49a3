"""A reading that may have been cut at the end of a row: what is missing from it is not known to be gone. Pure.

A file that was cut there reads as well as a whole one. Where nothing proves that it is whole, an article that had
rows of several warehouses, and has fewer of them now, has no number: what is left of it would be too little, or
none at all.
"""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from reconciler.model.tables import BadRow, ReadingState, Readout, Source

_REMEDY = "to take it so, once: --allow shrink"
#: Rows by item, of those that have several.
RowsByItem = Mapping[str, int]


def without_torn(source: Source, reading: Readout, before: RowsByItem) -> Readout:
    """Call the items bad of which there are fewer rows than there were."""
    if reading.whole or reading.state is not ReadingState.OK or not before:
        return reading
    now = _counted(source, reading)
    torn = tuple(
        BadRow(place="rows", why=f"{now[item]:,} of its {rows:,} are there; {_REMEDY}", item=item)
        for item, rows in before.items()
        if 0 < now[item] < rows
    )
    return replace(reading, bad=(*reading.bad, *torn)) if torn else reading


def kept(source: Source, reading: Readout, before: RowsByItem, *, fewer: bool) -> RowsByItem:
    """Return the rows to hold the next reading against: the most of each item that were seen.

    Where `fewer` are right, it is what there is now of all items that are there with good rows only.
    """
    if not source.warehouse:
        return {} if fewer else before
    now = _counted(source, reading)
    bad = {each.item for each in reading.bad}
    told = {item for item in now if item not in bad} if fewer else frozenset()
    stays = {item: max(rows, now[item]) for item, rows in before.items() if item not in told}
    return {**stays, **{item: rows for item, rows in now.items() if rows > 1 and item not in stays}}


def _counted(source: Source, reading: Readout) -> Counter[str]:
    at = next(place for place, each in enumerate(source.columns) if each.name == source.item)
    return Counter(str(row[at]) for row in reading.rows)
