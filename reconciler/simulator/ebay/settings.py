"""Every knob of the practice eBay, with the behaviour of the real one as its default.

What eBay's documents leave open is marked `?`: the default is what a client has to be ready for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from reconciler.simulator.settings import Settings, Span

#: Ways in which a document reads back otherwise than it was sent:
#:  spaces       blanks of a title                     locale       `de-DE` of the header is `de_DE`
#:  aspects      names sorted, values told once        identifiers  EAN, Brand, MPN of the aspects have fields, too
#:  html         a description is cleaned (?)          money        as many decimals as the currency has (?)
#:  set_id       `?set_id=…` of a picture is dropped   catalogue    what eBay's catalogue says of the EAN or ePID
#:  vat          a rate of tax is rounded to three decimals
#:  dropped      what does not apply (25028, 25030)    parts        return policies of vehicle parts (25124)
ROWS = frozenset(
    {
        "spaces",
        "locale",
        "aspects",
        "identifiers",
        "html",
        "money",
        "set_id",
        "catalogue",
        "dropped",
        "parts",
        "vat",
    }
)
#: Rows that nothing vouches for: pictures of elsewhere read back under eBay's address (?).
DOUBTFUL = frozenset({"pictures"})


@dataclass(frozen=True)
class Limits:
    """Requests, counted on the marketplace's clock; None or `enabled=False` lifts them."""

    enabled: bool = True
    inventory_per_day: int | None = 2_000_000  # an application (facts, third party)
    account_per_day: int | None = 25_000  # an application
    feed_per_day: int | None = 100_000  # an application (third party)
    taxonomy_per_day: int | None = 5_000  # an application (?)
    metadata_per_day: int | None = 5_000  # an application (?)
    other_per_day: int | None = 5_000  # identity and analytics, an application (?)
    reports_per_day: int | None = 25  # LMS_ACTIVE_INVENTORY_REPORT, a seller
    reports_at_once: int | None = None  # tasks that are not done, a seller; no number is documented (?)
    images_per_5_seconds: int | None = 50  # POST to the Media API, a seller
    codes_per_day: int | None = 10_000  # token answers for authorization codes, an application
    refreshes_per_day: int | None = 50_000  # for refresh tokens
    client_tokens_per_day: int | None = 1_000  # for client credentials
    retry_after: int | None = None  # seconds in a Retry-After of a 429; none is documented (?)


@dataclass(frozen=True)
class EbaySettings(Settings):
    """The knobs of eBay besides those that every practice marketplace has."""

    revisions_per_day: int = 250  # of one listing (createOrReplaceInventoryItem)
    day_offset_hours: float = -8.0  # when a calendar day begins: midnight in San José (?)
    zero_refused: bool = True  # without the preference a quantity of 0 is refused; else it ends the listing (?)
    ended_stays_published: bool = True  # an offer whose listing ended by itself shows ENDED (?); else UNPUBLISHED
    publish_again_refused: bool = True  # publishing what is published (?); else the same listing is told
    sale_lowers_offer: bool = True  # a sale lowers availableQuantity as well as the item's quantity (?)
    offer_across_sites: bool = False  # one SKU on several sites: the call says not at present, the guide yes (?)
    several_skus: bool = True  # one bulk_update_price_quantity for several SKUs: the text says one (?)
    task_reports: bool = True  # POST /task makes the report as POST /inventory_task does (?); else 160030
    fee_total: bool = True  # get_listing_fees tells ListingFee, the sum of the others, as Trading calls do (?)
    sku_signs: str = "-_."  # besides letters and digits (25707 says alphanumeric) (?)
    created_status: int = 201  # of a new item: 201 is documented, 204 is seen (?)
    report_seconds: Span = (2.0, 4.0)  # until a report is there; minutes on the real one
    program_seconds: Span = (600.0, 86_400.0)  # until a program is in force or not any more: up to 24 hours
    image_life_seconds: float = 30 * 86_400  # an unused picture expires (UploadSiteHostedPictures: 30 days)
    normalise: frozenset[str] = ROWS
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def calm(cls) -> Self:
        """Everything at once and no limits: for tests of something else."""
        return cls(report_seconds=(0.0, 0.0), program_seconds=(0.0, 0.0), limits=Limits(enabled=False))
