"""The sites of eBay: their currency, their language and their tree of categories."""

from __future__ import annotations

from typing import NamedTuple


class Site(NamedTuple):
    """One eBay site, under its marketplaceId."""

    currency: str
    language: str  # of Content-Language; a document reads back with `_` in it
    tree: str  # categoryTreeId


SITES = {
    "EBAY_US": Site("USD", "en-US", "0"),
    "EBAY_GB": Site("GBP", "en-GB", "3"),
    "EBAY_AU": Site("AUD", "en-AU", "15"),
    "EBAY_AT": Site("EUR", "de-AT", "16"),
    "EBAY_FR": Site("EUR", "fr-FR", "71"),
    "EBAY_DE": Site("EUR", "de-DE", "77"),
    "EBAY_IT": Site("EUR", "it-IT", "101"),
    "EBAY_NL": Site("EUR", "nl-NL", "146"),
    "EBAY_ES": Site("EUR", "es-ES", "186"),
    "EBAY_CH": Site("CHF", "de-CH", "193"),
    "EBAY_IE": Site("EUR", "en-IE", "205"),
    "EBAY_PL": Site("PLN", "pl-PL", "212"),
}
TREES = {site.tree: name for name, site in SITES.items()}
LANGUAGES = frozenset(site.language for site in SITES.values()) | {"fr-BE", "nl-BE", "en-CA", "fr-CA"}
LOCALES = frozenset(language.replace("-", "_") for language in LANGUAGES)
