"""Every knob of the practice Etsy, with the behaviour of the real one as its default.

Where nobody could say how the real one behaves (unverified), the default is what asks more of a client.
Numbers of issues are those of etsy/open-api.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from reconciler.simulator.settings import Settings

# Ways in which a document reads back otherwise than it was sent, by row number:
#  1 entities in title and description      2 values of properties in the shop's language (issue #314)
#  3 order of tags and materials            4 no processing profile unless active (OAS)
#  5 the newest era of when_made renamed    6 custom values get ids of their own (issue #607)
ALL_ROWS = frozenset({1, 2, 3, 4, 5, 6})


@dataclass(frozen=True)
class Limits:
    """Request limits of one application, counted on the marketplace's clock; `enabled=False` lifts them."""

    enabled: bool = True
    per_second: int = 10  # of a new application (issue #46)
    per_day: int = 10_000  # in a sliding day (issue #46)
    headers: bool = True  # x-limit-…, x-remaining-… on every answer
    retry_after: bool = True  # Retry-After of a 429, to the end of the block


@dataclass(frozen=True)
class Caps:
    """How much of each thing there may be."""

    images: int = 20  # OAS, image_ids
    tags: int = 13
    tag_length: int = 20
    materials: int = 13  # unverified
    title: int = 140
    quantity: int = 999
    sku: int = 32  # unverified
    batch: int = 100  # ids of one request (OAS)
    sections: int = 20  # unverified
    section_title: int = 24  # unverified
    alt_text: int = 500  # OAS


@dataclass(frozen=True)
class Fees:
    """What Etsy charges, in cents of a US dollar."""

    listing: int = 20  # of a publication and of each renewal
    each_sale: bool = True  # a listing with pieces left is renewed by a sale, for the same fee


@dataclass(frozen=True)
class EtsySettings(Settings):
    """The knobs of Etsy besides those that every practice marketplace has."""

    normalise: frozenset[int] = ALL_ROWS
    newest_era: int = 2026  # when_made: "2020_<this year>", renamed each January; 0 follows the clock
    rank_unreliable: bool = True  # the rank of an upload is not heeded (issue #594)
    unlinks_variation_images: bool = True  # by PUT inventory (issues #200, #384)
    image_seconds: float = 3.0  # until the size and the colours of an upload are known
    batch_fails_whole: bool = True  # GET listings/batch with an unknown id; the two others always do (OAS)
    price_minimum: int = 20  # in hundredths of the currency (issue #419 shows one per currency)
    refresh_grace_seconds: float = 0.0  # how long a used refresh token gives the same pair again; unverified
    loopback_callback: bool = False  # http://localhost as redirect_uri; the document demands https
    made_together: bool = True  # who_made, when_made, is_supply only all three in a PATCH; unverified
    deactivated_from: frozenset[str] = frozenset({"active", "inactive"})  # unverified for the other states
    inactive_runs_out: bool = True  # revived after its four months, a listing is paid for; unverified
    equal_policies: bool = True  # POST of a return policy that exists makes another; unverified
    deletes_used_profiles: bool = False  # a shipping profile that listings use; unverified
    requires_properties: bool = True  # by publication, those with `is_required`; unverified when it is looked at
    edits_calculated: bool = False  # a calculated profile by the API; unverified, it cannot be made there (OAS)
    enabled_only: bool = True  # offerings that are not enabled do not count as stock; unverified
    postal_countries: frozenset[str] = frozenset({"AU", "CA", "DE", "ES", "FR", "GB", "IT", "NL", "PL", "US"})
    limits: Limits = field(default_factory=Limits)
    caps: Caps = field(default_factory=Caps)
    fees: Fees = field(default_factory=Fees)

    @classmethod
    def calm(cls) -> Self:
        """Everything at once and no limits: for tests of something else."""
        return cls(image_seconds=0.0, limits=Limits(enabled=False))
