"""People and the marketplace acting on their own: panel edits, purchases, ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from reconciler.simulator.allegro import lifecycle, sales
from reconciler.simulator.allegro.edit import tell
from reconciler.simulator.allegro.offers import (
    COLUMNS,
    Offer,
    base_of,
    complete,
    load,
    new_offer,
    of_row,
    save,
)
from reconciler.simulator.allegro.pictures import CDN, urls_in
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.app import Simulator
from reconciler.simulator.merge import merged
from reconciler.simulator.world import Json


class Panel(Simulator):
    """What happens on Allegro besides the API."""

    world: AllegroWorld

    def offers(self, login: str) -> Iterator[Json]:
        """The stored full offers of one seller."""
        sql = "SELECT body FROM offers WHERE seller = ? ORDER BY id"
        for row in self.world.store.all(sql, self.seller_id(login)):
            yield orjson.loads(row[0])

    def offer_by_external_id(self, login: str, external_id: str) -> Json | None:
        """The newest offer with this external.id, which need not be the only one."""
        sql = "SELECT body FROM offers WHERE seller = ? AND external_id = ? ORDER BY id DESC LIMIT 1"
        row = self.world.store.one(sql, self.seller_id(login), external_id)
        return None if row is None else orjson.loads(row[0])

    def panel_edit(self, login: str, offer_id: str, patch: Mapping[str, Any]) -> Json:
        """A person edits an offer in the browser: a merge patch without the strict rules."""
        with self._lock:
            self.catch_up()
            with self.world.store.write():
                old = self._offer(login, offer_id)
                new = old.copy()
                new.body = merged(new.body, patch)
                complete(new.body, base_of(self.world, old.seller))
                self._own_pictures(new)
                save(self.world, new)
                if old.live:
                    tell(self.world, old, new)
                return new.body

    def create_in_panel(self, login: str, body: Mapping[str, Any]) -> Json:
        """A person makes an offer in the browser; such offers have no external.id."""
        with self._lock:
            self.catch_up()
            with self.world.store.write():
                offer = new_offer(self.world, self.seller_id(login), dict(body))
                offer.body["publication"]["status"] = (body.get("publication") or {}).get("status", "ACTIVE")
                if offer.live:
                    offer.meta |= {"first_listed_at": self.world.stamp, "started_at": self.world.stamp}
                self._own_pictures(offer)
                save(self.world, offer)
                return offer.body

    def sell(self, login: str, offer_id: str, quantity: int = 1, market: str = "") -> Json:
        """A purchase, on the base marketplace or on another one: less in stock, and the title is frozen."""
        with self._lock:
            self.catch_up()
            with self.world.store.write():
                old = self._offer(login, offer_id)
                if not 1 <= quantity <= old.available or old.status != "ACTIVE":
                    raise ValueError(f"offer {offer_id} cannot sell {quantity}")
                return sales.buy(self.world, old, quantity, market).body

    def end(self, login: str, offer_id: str, ended_by: str = "USER") -> Json:
        """End an offer at once, as a person or as the administration (ADMIN)."""
        with self._lock:
            self.catch_up()
            with self.world.store.write():
                offer = self._offer(login, offer_id)
                lifecycle.finish(self.world, offer, ended_by)
                return offer.body

    def mark_all(self, login: str) -> list[Offer]:
        """Every offer with what no document shows, for tests."""
        sql = f"SELECT {COLUMNS} FROM offers WHERE seller = ? ORDER BY id"
        return [of_row(row) for row in self.world.store.all(sql, self.seller_id(login))]

    def _offer(self, login: str, offer_id: str) -> Offer:
        found = load(self.world, self.seller_id(login), str(offer_id))
        if found is None:
            raise ValueError(f"no offer {offer_id} of {login}")
        return found

    def _own_pictures(self, offer: Offer) -> None:
        urls = [*(offer.body.get("images") or []), *urls_in(offer.body.get("description"))]
        rows = [(url, offer.seller) for url in urls if url.startswith(CDN)]
        self.world.store.many("INSERT OR IGNORE INTO images VALUES (?, ?, NULL)", rows)
