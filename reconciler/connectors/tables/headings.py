"""Where the columns of a source stand in a table: by their headings, or by their numbers."""

from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter

from reconciler.connectors.base import Raw, SourceFault
from reconciler.documents.near import did_you_mean, listed
from reconciler.model.exact import brief
from reconciler.model.tables import Source
from reconciler.model.texts import nfc

#: Headings that a message names; a table may have thousands.
_NAMED = 20
_DELIMITERS = ";\t|,"

#: Takes the cells that a source uses out of a row.
CellsAt = Callable[[Sequence[Raw]], tuple[Raw, ...]]


def by_heading(source: Source, headings: Sequence[str], where: str) -> tuple[int, ...]:
    """Return the positions, from 0, of the source's columns below these headings.

    `where` says where the headings stand. SourceFault when one is not there, or one that is used stands twice.
    """
    found = [nfc(each.strip()) for each in headings]
    counts = Counter(found)
    places = [nfc(each.place.strip()) for each in source.columns]
    if missing := [each for each in places if each not in counts]:
        raise SourceFault(f"there is no heading {listed(missing)} in {where}", _remedy(missing[0], found))
    if twice := [each for each in dict.fromkeys(places) if counts[each] > 1]:
        raise SourceFault(
            f"the heading {listed(twice)} stands more than once in {where}", "Give each a name of its own."
        )
    positions = {each: n for n, each in enumerate(found)}
    return tuple(positions[each] for each in places)


def by_number(source: Source, width: int, where: str) -> tuple[int, ...]:
    """Return the positions, from 0, of columns that are called by their numbers, from 1.

    SourceFault for what is no number, or more than the table has columns.
    """
    for each in source.columns:
        if not (each.place.isascii() and each.place.isdigit() and len(each.place) < 6 and int(each.place)):
            raise SourceFault(
                f"`{brief(each.place)}` is no number of a column",
                f"With `header: false`, write `{each.name}: {{type: {each.type}, from: 1}}`.",
            )
        if int(each.place) > width:
            raise SourceFault(f"there is no column {each.place} in {where}: it has {width}")
    return tuple(int(each.place) - 1 for each in source.columns)


def cells_at(positions: tuple[int, ...]) -> CellsAt:
    """Return what takes the cells at some positions out of a row."""
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda row: tuple([row[at] for at in positions])


def _remedy(missing: str, headings: list[str]) -> str:
    split = [each for each in _DELIMITERS if len(headings) == 1 and each in headings[0]]
    if split:
        return f"There is one heading only: is the delimiter `{'tab' if split[0] == chr(9) else split[0]}`?"
    more = f" and {len(headings) - _NAMED} more" if len(headings) > _NAMED else ""
    there = ", ".join(f"`{brief(each, 40)}`" for each in headings[:_NAMED])
    return f"{did_you_mean(missing, headings)} There are {there}{more}.".strip()
