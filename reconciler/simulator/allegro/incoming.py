"""A request about an offer turned into the patch to merge: references, products, pictures, spellings."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.allegro import html, parameters
from reconciler.simulator.allegro.catalogue import category, parameters_of
from reconciler.simulator.allegro.defaults import MARKETS, TAX_EXEMPTIONS, TAX_RATES, TAX_SUBJECTS
from reconciler.simulator.allegro.durations import HANDLING_HOURS, hours_of, in_hours
from reconciler.simulator.allegro.money import check_money, two_decimals
from reconciler.simulator.allegro.pictures import Gallery
from reconciler.simulator.allegro.products import ProductSet
from reconciler.simulator.allegro.refusals import Refusal, fault
from reconciler.simulator.allegro.seller_things import resolve
from reconciler.simulator.allegro.sent import Sent
from reconciler.simulator.allegro.shapes import decimal_of
from reconciler.simulator.merge import dig, without_nulls
from reconciler.simulator.world import Json

# where a reference stands: (path, kind of the seller's dictionary)
REFERENCES = (
    (("delivery", "shippingRates"), "shipping_rates"),
    (("afterSalesServices", "impliedWarranty"), "implied_warranties"),
    (("afterSalesServices", "returnPolicy"), "return_policies"),
    (("afterSalesServices", "warranty"), "warranties"),
    (("additionalServices",), "additional_services_groups"),
    (("sizeTable",), "size_tables"),
    (("contact",), "contacts"),
    (("fundraisingCampaign",), "fundraising_campaigns"),
    (("discounts", "wholesalePriceList"), "wholesale_price_lists"),
)


class Incoming(Sent):
    """Works on a copy of the request; whatever is wrong with its content is refused together."""

    def patch(self) -> Json:
        """The document to merge, or a 422 that names every fault."""
        patch: Json = _copied(self.request)
        gallery = Gallery(self.world, self.seller, self.faults)
        products = ProductSet(self, gallery)
        for step in (
            self._references,
            self._prices,
            self._delivery,
            self._publication,
            self._place,
            self._words,
            self._vehicles,
        ):
            step(patch)
        self._pictures(patch, gallery)
        products.read(patch)
        self._category(patch)
        self._parameters(patch)
        if self.faults:
            raise Refusal(422, *self.faults)
        return patch

    def _references(self, patch: Json) -> None:
        for way, kind in REFERENCES:
            parent = dig(patch, *way[:-1]) if len(way) > 1 else patch
            if isinstance(parent, dict) and parent.get(way[-1]) is not None:
                path = ".".join(way)
                parent[way[-1]] = resolve(self.world, self.seller, kind, parent[way[-1]], path, self.faults)

    def _prices(self, patch: Json) -> None:
        mode = patch.get("sellingMode") or {}
        for key in ("price", "minimalPrice", "startingPrice"):
            if mode.get(key):
                check_money(mode[key], MARKETS[self.base].currency, f"sellingMode.{key}", self.faults)
                mode[key] = self._amount(mode[key])
        for market, value in (patch.get("additionalMarketplaces") or {}).items():
            self._market_price(market, value)

    def _market_price(self, market: str, value: Json | None) -> None:
        path = f"additionalMarketplaces.{market}"
        if market == self.base:
            code, message = (
                "BaseMarketplaceInAdditionalMarketplacesException",
                "This is the base marketplace.",
            )
            self.faults.append(fault(code, message, path, baseMarketplace=self.base))
        elif market not in MARKETS:
            code = "UnsupportedAdditionalMarketplaceException"
            self.faults.append(fault(code, "The marketplace is not supported.", path))
        elif price := dig(value, "sellingMode", "price"):
            check_money(price, MARKETS[market].currency, f"{path}.sellingMode.price", self.faults)
            dig(value, "sellingMode")["price"] = self._amount(price)

    def _amount(self, money: Json) -> Any:
        return two_decimals(money) if self.world.normalises(1) else money

    def _delivery(self, patch: Json) -> None:
        handling = dig(patch, "delivery", "handlingTime")
        if handling is None:
            return
        if hours_of(handling) not in HANDLING_HOURS:
            code = "InvalidHandlingTimeException"
            self.faults.append(fault(code, "The handling time is not one of the list.", "delivery.handlingTime"))
        elif self.world.normalises(3):
            patch["delivery"]["handlingTime"] = in_hours(handling)

    def _publication(self, patch: Json) -> None:
        publication = patch.get("publication") or {}
        if publication.get("endingAt") is not None:
            message = "The end cannot be set."
            self.faults.append(fault("IllegalOfferUpdateException", message, "publication.endingAt"))
        publication.pop("endingAt", None)
        duration = publication.get("duration")
        if duration is not None and self.world.normalises(4):
            publication["duration"] = in_hours(duration)

    def _place(self, patch: Json) -> None:
        province = dig(patch, "location", "province")
        if province and self.world.normalises(45):
            patch["location"]["province"] = province.upper()
        self._taxes(patch.get("taxSettings") or {})
        for rate in dig(patch, "taxSettings", "rates") or []:
            number = decimal_of(rate["rate"])
            if number is not None and self.world.normalises(42):
                rate["rate"] = f"{number:.2f}"

    def _taxes(self, sent: Json) -> None:
        """What getTaxSettingsForCategory has is taken, and nothing else."""
        for number, rate in enumerate(sent.get("rates") or []):
            path = f"taxSettings.rates[{number}]"
            if rate["countryCode"] not in TAX_RATES:
                self._refuse("The country is not known.", f"{path}.countryCode")
            elif _plain(rate["rate"]) not in map(_plain, TAX_RATES[rate["countryCode"]]):
                self._refuse("The rate is not one of the category's.", f"{path}.rate")
            elif rate["rate"] == "EXEMPT" and not sent.get("exemption"):
                self._refuse("An exemption needs its reason.", "taxSettings.exemption")
        for name, words in (("subject", TAX_SUBJECTS), ("exemption", TAX_EXEMPTIONS)):
            if sent.get(name) is not None and sent[name] not in words:
                self._refuse("The value is not one of the category's.", f"taxSettings.{name}")

    def _refuse(self, message: str, path: str) -> None:
        self.faults.append(fault("VALIDATION_ERROR", message, path))

    def _vehicles(self, patch: Json) -> None:
        """What a seller writes down reads back as such (CompatibilityListManual)."""
        if patch.get("compatibilityList"):
            patch["compatibilityList"] = {"type": "MANUAL", **without_nulls(patch["compatibilityList"])}

    def _words(self, patch: Json) -> None:
        if patch.get("name") and self.world.normalises(18):
            patch["name"] = " ".join(patch["name"].split())

    def _pictures(self, patch: Json, gallery: Gallery) -> None:
        for number, url in enumerate(patch.get("images") or []):
            patch["images"][number] = gallery.settle(url, f"images[{number}]")
        description = patch.get("description")
        html.check_description(description, self.world.settings.caps.description_bytes, self.faults)
        for place, section in enumerate((description or {}).get("sections") or []):
            for number, item in enumerate(section["items"]):
                where = f"description.sections[{place}].items[{number}]"
                if item.get("type") == "IMAGE":
                    item["url"] = gallery.settle(item["url"], f"{where}.url")
                elif self.world.normalises(16):
                    item["content"] = html.as_read(item["content"])

    def _category(self, patch: Json) -> None:
        """An identifier that leads nowhere is refused at once, not left to the listing."""
        key = dig(patch, "category", "id")
        if key is not None and category(self.world, key) is None:
            code, message = "CATEGORY_NOT_EXISTS", "The category is not known."
            self.faults.append(fault(code, message, "category.id", categoryId=str(key)))

    def _parameters(self, patch: Json) -> None:
        if patch.get("parameters"):
            known = parameters_of(self.world, self.category_of(patch))
            sent = patch["parameters"]
            patch["parameters"] = parameters.as_read(
                self.world, known, sent, "parameters", self.faults, product=False
            )


def _plain(rate: str) -> Any:
    """A rate as it counts: 8 and 8.00 are one."""
    number = decimal_of(rate)
    return rate if number is None else number


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
