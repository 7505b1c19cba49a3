"""Every knob of the practice Allegro, with the behaviour of the real one as its default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from reconciler.simulator.settings import Settings, Span

# Ways in which a document reads back otherwise than it was sent, by row number:
#  1 price decimals          2 rate amounts          3 handling time spelling   4 duration spelling
#  6 GTIN to product UUID    7 product name dropped  9 values and valuesIds     11 catalogue parameters
# 12 parameter order        13 image URL to CDN     14 catalogue images         15 catalogue description
# 16 description whitespace 18 name whitespace      26 GPSR from the catalogue  27 producer type dropped
# 30 nextItemRate           32 rates order          42 tax rate decimals        45 province upper case
ALL_ROWS = frozenset({1, 2, 3, 4, 6, 7, 9, 11, 12, 13, 14, 15, 16, 18, 26, 27, 30, 32, 42, 45})


@dataclass(frozen=True)
class Limits:
    """Request limits, counted on the marketplace's clock; None or `enabled=False` lifts them."""

    enabled: bool = True
    client_per_minute: int = 9000  # whole API, per client_id (issues #8258, #13034)
    offer_reads_per_minute: int = 3500  # GET product-offers/{id}, per user (issue #12700)
    offer_writes_per_minute: int = 2490  # POST and PATCH product-offers together (issue #12700)
    offer_writes_per_hour: int = 74_700  # the same calls over an hour (issues #9983, #11634)
    price_rules_per_second: int = 5  # price-automation rules (issue #12713)
    changes_per_minute: int = 9000  # offer changes through commands (PUT descriptions, 2026-07)
    changes_per_hour: int = 250_000  # publication, modification and quantity commands (same)
    price_changes_per_hour: int = 150_000  # price and bulk commands (same)
    prolong: bool = True  # calling during a block prolongs it (issues #3454, #6754)
    retry_after: int | None = None  # seconds in a Retry-After header of a 429; unverified, so none
    retry_after_exact: bool = False  # the Retry-After tells the end of the block instead
    tokens_per_hour: int | None = (
        None  # token answers per user; there is a cap, its number is not told (issue #8321)
    )


@dataclass(frozen=True)
class Caps:
    """How much of each thing an account may hold."""

    rate_sets: int = 250  # issues #494, #2846, #12873
    drafts: int = 20_000  # issue #2594
    tags: int = 100  # createTagPOST
    images: int = 16  # issues #7339, #7266
    description_bytes: int = 40_000  # StandardizedDescription
    after_sales: int = 60  # the lists reach no further


@dataclass(frozen=True)
class AllegroSettings(Settings):
    """The knobs of Allegro besides those that every practice marketplace has."""

    accepted_ratio: float = 0.2  # share of POST and PATCH answered 202 (createProductOffers)
    operation_seconds: Span = (1.0, 3.0)  # usually minutes, up to two hours (issues #13228, #8966)
    command_seconds: Span = (2.0, 4.0)
    completed_late_seconds: float = 1.0  # counters are final before completedAt shows
    activation_seconds: Span = (0.5, 1.5)  # up to an hour (issues #3696, #1354)
    ending_seconds: Span = (0.5, 1.5)  # stock 0 ends an offer a while later (issue #1210)
    edit_lock_seconds: float = 0.0  # how long a finished synchronous edit still answers 409
    zero_counters: bool = True  # a command shows 0/0/0 until it is carried out (issue #6260)
    retry_after_seconds: int = 2  # Retry-After of a 202
    title_lock: bool = True  # the sandbox does not enforce it (issue #3232)
    normalise: frozenset[int] = ALL_ROWS
    limits: Limits = field(default_factory=Limits)
    caps: Caps = field(default_factory=Caps)

    @classmethod
    def calm(cls) -> Self:
        """Everything at once and no limits: for tests of something else."""
        return cls(
            accepted_ratio=0.0,
            operation_seconds=(0.0, 0.0),
            command_seconds=(0.0, 0.0),
            completed_late_seconds=0.0,
            activation_seconds=(0.0, 0.0),
            ending_seconds=(0.0, 0.0),
            limits=Limits(enabled=False),
        )
