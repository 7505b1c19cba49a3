"""The sites: how the APIs name them, and in which language what is sold there is written.

inventory MarketplaceEnum; the locales are those of doc "HTTP request headers", Content-Language.
"""

from reconciler.providers.base import Reading

#: Content-Language by site.
LANGUAGES = {
    "ebay-de": "de-DE",
    "ebay-at": "de-AT",
    "ebay-ch": "de-CH",
    "ebay-fr": "fr-FR",
    "ebay-it": "it-IT",
    "ebay-es": "es-ES",
    "ebay-nl": "nl-NL",
    "ebay-ie": "en-IE",
    "ebay-gb": "en-GB",
    "ebay-us": "en-US",
    "ebay-pl": "pl-PL",
    "ebay-au": "en-AU",
    "ebay-ca": "en-CA",
}


def marketplace_id(site: str) -> str:
    """Return eBay's name of a site.

    >>> marketplace_id("ebay-de")
    'EBAY_DE'
    """
    return site.upper().replace("-", "_")


def site_of(marketplace: str) -> str:
    """Return our name of a site.

    >>> site_of("EBAY_DE")
    'ebay-de'
    """
    return marketplace.lower().replace("_", "-")


def language(reading: Reading) -> dict[str, str]:
    """Return the header that says in which language an item or an offer is written."""
    return {"Content-Language": LANGUAGES.get(reading.base_market, "en-US")}
