"""Which offers have to be read in full: those that declare what no list shows, or whose rows do not say it."""

from collections.abc import Callable, Iterable

from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.spec import KindSpec
from reconciler.runtime.connection.session import Session

#: Tells whether a resource is asked for, by kind, name and remote id.
Asked = Callable[[str, str, str], bool]


def needs_of(
    opened: Session, desired: Iterable[Desired], rows: Iterable[Live], *, everything: bool, asked: Asked
) -> dict[str, str]:
    """Return remote id -> views ("detail tags"), for the offers of which the list row is not enough.

    With `everything`, all that is `asked` for.
    """
    kind = opened.spec.kinds[OFFER]
    if everything:
        wanted = (row.remote_id for row in rows if asked(OFFER, row.key.name if row.key else "", row.remote_id))
        return dict.fromkeys(wanted, all_views(kind))
    by_key = {row.key: row for row in rows}
    by_id = {row.remote_id: row for row in rows}
    views_of: dict[tuple[str, ...], str] = {}
    needs: dict[str, str] = {}
    for each in desired:
        if each.key.kind != OFFER:
            continue
        row = by_id.get(each.adopt) if each.adopt else by_key.get(each.key)
        if row is None:
            continue
        shape = (*each.fields, *each.unsynced)
        views = views_of.get(shape)
        if views is None:
            views = views_of[shape] = views_of_paths(kind, shape)
        if not views and _comes_on_sale(each, row):
            views = "detail"
        if lacking(kind, row).intersection(shape):
            views = all_views(kind)
        if views:
            needs[row.remote_id] = views
    return needs


def lacking(kind: KindSpec, row: Live) -> frozenset[str]:
    """Return the fields that a list can show and a row of it does not say."""
    if not kind.views["list"].partial:
        return frozenset()
    shown = (path for path, field in kind.fields.items() if "list" in field.views)
    return frozenset(path for path in shown if path not in row.fields)


def all_views(kind: KindSpec) -> str:
    """Return what shows an offer in full; what is paid for is not written into documents."""
    found = {
        view
        for field in kind.fields.values()
        if "list" not in field.views and not field.paid
        for view in field.views
    }
    return " ".join(sorted(found | {*kind.whole}))


def _comes_on_sale(desired: Desired, row: Live) -> bool:
    """Who ended an offer, and what the marketplace finds wrong with a draft, is only in its detail."""
    return desired.fields.get("stock.status") == "active" != row.fields.get("stock.status")


def views_of_paths(kind: KindSpec, paths: Iterable[str]) -> str:
    """Return the views that show these fields, beside the list."""
    found: set[str] = set()
    for path in paths:
        known = kind.field(path)
        if known is not None and "list" not in known.views:
            found.update(known.views)
    return " ".join(sorted(found))
