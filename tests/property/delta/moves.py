"""What others do on the marketplace, what is done with the ledger, and what becomes of the caches."""

from __future__ import annotations

from typing import Any

import world
from undo.taking_back import runs, undo_plan

from reconciler.runtime.commands.state import release, state
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.project.workspace import Workspace

from .edits import Step
from .shop import KNOBS, Shop

# --- by somebody else. Every door raises the events that the real one raises, or shows in the list.


def panel(shop: Shop, which: int, how: int) -> None:
    patches: list[dict[str, Any]] = [
        {"sellingMode": {"price": {"amount": f"{40 + how}.50", "currency": "PLN"}}},
        {"stock": {"available": how % 20 + 1}},
        {"name": f"Kubek z panelu numer {how}"},
        {"description": {"sections": [{"items": [{"type": "TEXT", "content": f"<p>Z panelu {how}</p>"}]}]}},
        {"payments": {"invoice": ("NO_INVOICE", "VAT")[how % 2]}},
    ]
    login, body = shop.pick(which)
    with shop.simulator() as simulator:
        simulator.panel_edit(login, body["id"], patches[how % 5])


def sells(shop: Shop, which: int, how: int) -> None:
    login, body = shop.pick(which)
    pieces = min(how % 3 + 1, body["stock"]["available"])
    if body["publication"]["status"] == "ACTIVE" and pieces:
        with shop.simulator() as simulator:
            simulator.sell(login, body["id"], pieces)


def ends(shop: Shop, which: int, how: int) -> None:
    login, body = shop.pick(which)
    if body["publication"]["status"] == "ACTIVE":
        with shop.simulator() as simulator:
            simulator.end(login, body["id"], ("USER", "ADMIN")[how % 2])


def appears(shop: Shop, which: int, how: int) -> None:
    """A live offer without a key, or with one that another bears, or that a document has."""
    key = (None, "K01", f"N{shop.made + 11}")[how % 3]
    body = world.live_offer(500 + which, key)["offer"]
    del body["id"]
    with shop.simulator() as simulator:
        simulator.create_in_panel(shop.login, body)


def vanishes(shop: Shop, which: int, _how: int) -> None:
    """Somebody deletes a draft."""
    drafts = [each["id"] for each in shop.offers(shop.login) if each["publication"]["status"] == "INACTIVE"]
    if drafts:
        with shop.simulator() as simulator, simulator.turn():
            for table in ("offers", "listing"):
                simulator.world.store.run(f"DELETE FROM {table} WHERE id = ?", int(drafts[which % len(drafts)]))


def loses(shop: Shop, which: int, _how: int) -> None:
    """The list misses an offer that the ledger knows."""
    managed = [each.managed.remote_id for each in state(Workspace(shop.root), "main")]
    there = [each["id"] for each in shop.offers(shop.login) if each["id"] in managed]
    if there:
        shop.lost.add(there[which % len(there)])
        with shop.simulator() as simulator, simulator.turn():
            simulator.world.store.run("DELETE FROM listing WHERE id = ?", int(there[which % len(there)]))


def finds(shop: Shop, _which: int, _how: int) -> None:
    """The list shows again what it missed."""
    with shop.simulator() as simulator:
        for each in sorted(shop.lost & {body["id"] for body in simulator.offers(shop.login)}):
            simulator.panel_edit(shop.login, each, {})
    shop.lost.clear()


def lags(shop: Shop, _which: int, how: int) -> None:
    shop.set(**KNOBS, list_lag_seconds=(0.0, 600.0)[how % 2])


def clock(shop: Shop, which: int, how: int) -> None:
    shop.later((60.0, 600.0, 3700.0, 30 * 3600.0, 24 * 3600.0, 7300.0)[how % 6] + which)


# --- the ledger


def applies(shop: Shop, _which: int, how: int) -> None:
    try:
        plan = shop.plan(allow={"stock-baseline": ""} if how % 4 == 0 else {})
        shop.apply(plan)
    except RunStopped:
        pass
    shop.later(30)


def undoes(shop: Shop, which: int, _how: int) -> None:
    try:
        every = runs(shop)
        if every:
            shop.apply(undo_plan(shop, every[which % len(every)].id))
    except RunStopped:
        pass
    shop.later(30)


def releases(shop: Shop, which: int, _how: int) -> None:
    managed = [each.managed.key for each in state(Workspace(shop.root), "main")]
    if managed:
        release(Workspace(shop.root), [str(managed[which % len(managed)])], "main")


def forgets(shop: Shop, which: int, how: int) -> None:
    """The ledger is lost, or replaced by an older copy. What is not in the list is then nobody's knowledge."""
    finds(shop, which, how)
    for each in shop.state():
        if each.name.startswith("ledger"):
            each.unlink()
    if how % 3 and shop.attic:
        _put_back(shop, which, "ledger")


# --- caches


def damages(shop: Shop, which: int, how: int) -> None:
    caches = shop.caches()
    if not caches:
        return
    file = caches[which % len(caches)]
    data = bytearray(file.read_bytes())
    if how % 4 == 0:
        file.unlink()
    elif how % 4 == 1:
        file.write_bytes(data[: len(data) * (how % 7) // 7])
    elif data:
        for offset in range(how * 97 % len(data), len(data), max(1, len(data) // 7)):
            data[offset] ^= 1 << how % 8
        file.write_bytes(data)


def goes_back(shop: Shop, which: int, how: int) -> None:
    """One cache, or each of them, is as it was at an earlier moment: a folder that was restored."""
    if shop.attic:
        caches = shop.caches()
        chosen = caches[how // 2 % len(caches)].name if caches and how % 2 else ""
        _put_back(shop, which, chosen, but="ledger")


def _put_back(shop: Shop, which: int, name: str, but: str = "nothing") -> None:
    for path, content in shop.attic[which % len(shop.attic)].items():
        file = path.rpartition("/")[2]
        if file.startswith(name) and not file.startswith(but):
            shop.write(path, content)


MOVES: dict[str, Step] = {
    each.__name__: each
    for each in (
        *(panel, sells, ends, appears, vanishes, loses, finds, lags, clock),
        *(applies, undoes, releases, forgets, damages, goes_back),
    )
}
