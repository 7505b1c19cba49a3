"""How Allegro spells the members of nested objects, where it is not just the other case."""

from reconciler.providers.codecs import Spelling

NAMES = Spelling(
    renamed={"location.country": "countryCode"},
    words=frozenset(
        {
            "location.province",
            "message_to_seller.mode",
            "availability.range",
            "restriction_cause.name",
            "return_cost.covered_by",
            "constraint_criteria.type",
            "safety.type",
        }
    ),
    prices=frozenset({"configurations.price"}),
)
