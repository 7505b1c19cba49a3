"""People and the marketplace acting on their own: shop manager edits, purchases, ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.simulator.app import Simulator
from reconciler.simulator.etsy import fees, inventory, lifecycle, listings, pictures, sales, things
from reconciler.simulator.etsy.listing_shape import full
from reconciler.simulator.etsy.listings import COLUMNS, Listing, of_row
from reconciler.simulator.etsy.listings_write import EMPTY, new_listing
from reconciler.simulator.etsy.world import EtsyWorld, divisor
from reconciler.simulator.world import Json

EVERYTHING = frozenset({"Inventory", "Images", "Shipping", "Translations"})
#: A picture for listings that people make: one white pixel.
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff\xff\x7f\x00\t\xfb\x03\xfd\x05CE\xca\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Panel(Simulator):
    """What happens on Etsy besides the API."""

    world: EtsyWorld

    def listings(self, login: str) -> Iterator[Json]:
        """Every listing of one seller as the owner is told it, with its properties and linked pictures."""
        with self._lock:
            self.catch_up()
        seller = self.seller_id(login)
        shop = self.world.shop(seller)
        for row in self.world.store.all(f"SELECT {COLUMNS} FROM listings WHERE seller = ? ORDER BY id", seller):
            yield self._told(of_row(row), shop)

    def listing_by_sku(self, login: str, sku: str) -> int | None:
        """The newest listing with this SKU, which need not be the only one."""
        return listings.with_sku(self.world, self.seller_id(login), sku)

    def panel_edit(self, login: str, listing_id: int, patch: Mapping[str, Any]) -> Json:
        """A person edits a listing in the browser, without the strict rules of the API.

        `patch` has fields as PATCH takes them (lists as lists), `state`, `price` and `quantity` of all products,
        `rich_description`, `image_ids`, `variation_images`.
        """
        with self.turn():
            listing = self._listing(login, listing_id)
            self._edit(listing, dict(patch))
            listing.updated = self.world.moment
            listings.save(self.world, listing)
            return self._told(listing)

    def create_in_panel(self, login: str, body: Mapping[str, Any]) -> Json:
        """A person makes a listing in the browser, active unless told otherwise: as in `panel_edit`, and `sku`."""
        with self.turn():
            seller = self.seller_id(login)
            given = {"title": "Untitled", "description": "-", "taxonomy_id": None, "who_made": None, **body}
            given.setdefault("when_made", None)
            sku, state = given.pop("sku", None), given.pop("state", "active")
            price, quantity = float(given.pop("price", 10)), int(given.pop("quantity", 1))
            listing = new_listing(self.world, seller, {**EMPTY, **self._known(given)})
            readiness = next(iter(things.every(self.world, things.READINESS, seller)), {})
            offering: Json = {"price": price, "quantity": quantity, "is_enabled": True}
            offering["readiness_state_id"] = readiness.get("readiness_state_id")
            shop = self.world.shop(seller)
            inventory.replace(self.world, listing, shop, {"products": [{"sku": sku, "offerings": [offering]}]})
            listing.state = state
            listings.save(self.world, listing)
            pictures.arrange(self.world, listing, [pictures.add(self.world, listing, PIXEL)])
            if state == "active":
                fees.charge(self.world, seller, listing.id, "listing")
                lifecycle.plan_end(self.world, listing)
                listings.save(self.world, listing)
            return self._told(listing)

    def sell(self, login: str, listing_id: int, quantity: int = 1, sku: str = "") -> Json:
        """A purchase of one product; the last piece makes the listing sold out."""
        with self.turn():
            return self._told(sales.buy(self.world, self._listing(login, listing_id), quantity, sku))

    def end(self, login: str, listing_id: int, state: str = "inactive") -> Json:
        """End a listing at once: by hand (inactive), or as time does (expired)."""
        if state not in {"inactive", "expired", "sold_out"}:
            raise ValueError(f"a listing does not end as {state}")
        with self.turn():
            listing = self._listing(login, listing_id)
            lifecycle.turn(self.world, listing, state)
            listing.updated = self.world.moment
            listings.save(self.world, listing)
            return self._told(listing)

    def fees(self, login: str) -> list[Json]:
        """What the seller was charged; see the module `fees`."""
        return fees.ledger(self.world, self.seller_id(login))

    def _edit(self, listing: Listing, patch: dict[str, Any]) -> None:
        unit = divisor(self.world.shop(listing.seller)["currency_code"])
        price, quantity = patch.pop("price", None), patch.pop("quantity", None)
        for offering in listing.offerings():
            if price is not None:
                offering["amount"] = round(float(price) * unit)
            if quantity is not None:
                offering["quantity"] = int(quantity)
        if "image_ids" in patch:
            pictures.arrange(self.world, listing, patch.pop("image_ids"))
        if "variation_images" in patch:
            listing.meta["variation_images"] = patch.pop("variation_images")
        if "state" in patch:
            lifecycle.turn(self.world, listing, patch.pop("state"))
        listing.body |= self._known(patch)

    def _known(self, given: Mapping[str, Any]) -> Json:
        fields = EMPTY.keys() | {"title", "description", "taxonomy_id", "who_made", "when_made"}
        if unknown := given.keys() - fields:
            raise ValueError(f"a listing has no {', '.join(sorted(unknown))}")
        return dict(given)

    def _listing(self, login: str, listing_id: int) -> Listing:
        found = listings.load(self.world, int(listing_id), self.seller_id(login))
        if found is None:
            raise ValueError(f"no listing {listing_id} of {login}")
        return found

    def _told(self, listing: Listing, shop: Json | None = None) -> Json:
        shop = shop or self.world.shop(listing.seller)
        told = full(self.world, listing, shop, EVERYTHING, owned=True, single=True)
        return {
            **told,
            "properties": listing.meta["properties"],
            "variation_images": listing.meta["variation_images"],
        }
