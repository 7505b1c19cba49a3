"""People and eBay acting on their own: edits and listings in the browser, purchases, ends, holds, preferences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.simulator.app import Simulator
from reconciler.simulator.ebay import fees, items, listings, login, offers, programs, sales
from reconciler.simulator.ebay.listings import ENDED, Listing
from reconciler.simulator.ebay.offers import Offer
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.merge import merged
from reconciler.simulator.world import Json


class Panel(Simulator):
    """What happens on eBay besides the API."""

    world: EbayWorld

    def add_client(self, client_id: str, secret: str) -> None:
        """Register an application, with a RuName that leads to a page which shows its address."""
        super().add_client(client_id, secret)
        with self.turn():
            login.keep_ru_name(self.world, f"{client_id}-RuName", client_id)

    def add_ru_name(self, client_id: str, name: str, accepted: str = "", declined: str = "") -> None:
        """Register a further RuName of an application."""
        with self.turn():
            if self.world.store.one("SELECT 1 FROM clients WHERE id = ?", client_id) is None:
                raise ValueError(f"no client {client_id}")
            login.keep_ru_name(self.world, name, client_id, accepted, declined)

    def offers(self, login: str) -> Iterator[Json]:
        """All offers of one seller, as they read."""
        with self.turn():
            found = [offers.view(self.world, one) for one in offers.of_seller(self.world, self.seller_id(login))]
        yield from found

    def item(self, login: str, sku: str) -> Json | None:
        """One item as it is kept."""
        return items.load(self.world, self.seller_id(login), sku)

    def panel_edit(self, login: str, sku: str, patch: Mapping[str, Any]) -> Json:
        """A person edits in the browser: a merge patch of {item, offer}, without the strict rules."""
        with self.turn():
            seller = self.seller_id(login)
            old = items.load(self.world, seller, sku)
            if old is None:
                raise ValueError(f"no item {sku} of {login}")
            item: Json = merged(old, patch.get("item") or {})
            items.save(self.world, seller, sku, item)
            for offer in offers.of_sku(self.world, seller, sku):
                offer.body = merged(offer.body, patch.get("offer") or {})
                offers.save(self.world, offer)
                offers.follow(self.world, offer, item)
            return items.view(sku, item)

    def create_in_panel(self, login: str, body: Mapping[str, Any]) -> Json:
        """A person lists something in the browser: the API does not see it until it is migrated.

        body: {sku or none, title, price, quantity, category, policies {fulfillmentPolicyId …}, site, address}
        """
        with self.turn():
            seller = self.seller_id(login)
            home = self.world.store.one("SELECT base FROM sellers WHERE id = ?", seller) or ("EBAY_DE",)
            site = str(body.get("site") or home[0])
            one = listings.start(self.world, seller, site, None, made_by_hand(site, body))
            fees.charge(self.world, seller, site, one.body["item"], one.id)
            return {"listingId": str(one.id)}

    def sell(self, login: str, key: str, quantity: int = 1) -> Json:
        """A purchase, of a listing by its number or by its SKU."""
        with self.turn():
            listing = self._listing(login, key)
            left = sales.available(self.world, listing)
            if not 1 <= quantity <= left or not listing.live or listing.hold:
                raise ValueError(f"listing {listing.id} cannot sell {quantity}: {left} of it are there")
            sales.buy(self.world, listing, quantity)
            return {"listingId": str(listing.id), "left": sales.available(self.world, listing)}

    def end(self, login: str, key: str, ended_by: str = ENDED) -> Json:
        """End a listing at once: ENDED by a person, EBAY_ENDED by eBay."""
        if ended_by not in {"ENDED", "EBAY_ENDED"}:
            raise ValueError("ended_by is ENDED or EBAY_ENDED")
        with self.turn():
            listing = self._listing(login, key)
            listings.finish(self.world, listing, ended_by)
            offer = offers.load(self.world, listing.seller, listing.offer)
            if offer is not None:
                offers.close(self.world, offer, listing)
            return {"listingId": str(listing.id), "status": listing.status}

    def hold(self, login: str, key: str, hold: str = "frozen") -> Json:
        """eBay puts a listing on hold: "frozen", "fixable", or "" to let it go again."""
        with self.turn():
            listing = self._listing(login, key)
            listing.hold = listings.hold_of(hold)
            listings.save(self.world, listing)
            return {"listingId": str(listing.id), "hold": hold}

    def prefer(self, login: str, *, out_of_stock: bool) -> Json:
        """The seller turns the preference for listings without stock on or off."""
        with self.turn():
            programs.prefer(self.world, self.seller_id(login), programs.OUT_OF_STOCK, on=out_of_stock)
            return {"out_of_stock": out_of_stock}

    def revisions(self, login: str, key: str, today: int | None = None) -> Json:
        """How often a listing was revised today, and how often it may be yet; `today` sets it."""
        with self.turn():
            one, most = self._listing(login, key), self.world.settings.revisions_per_day
            if today is not None:
                one.day, one.revisions = listings.today(self.world), today
                listings.save(self.world, one)
            count = listings.revisions(self.world, one)
            return {"listingId": str(one.id), "today": count, "left": max(0, most - count)}

    def fees(self, login: str) -> Json:
        """What the seller was charged, and how many listings of each site are free yet; see the module `fees`."""
        with self.turn():
            seller = self.seller_id(login)
            sites = programs.load(self.world, seller).get("fees") or {}
            left = {site: fees.allotment(self.world, seller, site) for site in sites}
            return {"fees": fees.ledger(self.world, seller), "free": left}

    def _listing(self, login: str, key: str) -> Listing:
        """By its number, or the last one of a SKU."""
        seller, key = self.seller_id(login), str(key)
        found = listings.load(self.world, int(key)) if key.isdecimal() and len(key) < 18 else None
        if found is not None and found.seller == seller:
            return found
        mine: list[Offer] = [one for one in offers.of_sku(self.world, seller, key) if one.listing]
        found = listings.load(self.world, mine[-1].listing) if mine else None
        if found is None:
            raise ValueError(f"no listing {key} of {login}")
        return found


def made_by_hand(site: str, body: Mapping[str, Any]) -> Json:
    """What a listing consists of that was made in the browser."""
    price = {"value": f"{float(body.get('price', 1)):.2f}", "currency": SITES[site].currency}
    product = {
        "title": body["title"],
        "description": body.get("description", body["title"]),
        "aspects": dict(body.get("aspects") or {}),
        "imageUrls": list(body.get("pictures") or ["https://i.ebayimg.com/images/g/hand/s-l1600.jpg"]),
    }
    quantity = {"shipToLocationAvailability": {"quantity": int(body.get("quantity", 1))}}
    offer: Json = {
        "pricingSummary": {"price": price},
        "categoryId": body.get("category"),
        "listingPolicies": dict(body.get("policies") or {}),
        "listingDescription": product["description"],
        "availableQuantity": int(body.get("quantity", 1)),
        "includeCatalogProductDetails": False,
        "hideBuyerDetails": False,
        "listingDuration": "GTC",
        "tax": {"applyTax": False},
    }
    return {
        "sku": body.get("sku"),
        "item": {"product": product, "condition": body.get("condition", "NEW"), "availability": quantity},
        "offer": {name: value for name, value in offer.items() if value is not None},
        "address": body.get("address") or {"country": "DE", "postalCode": "10115"},
    }
