"""The kinds of documents: the product's own, and those that an installed marketplace can be told to make."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from reconciler.documents.resources import spec_names
from reconciler.model import offers
from reconciler.model.modules import Module
from reconciler.model.spec import Identity, KindSpec, Type

PROJECT: Final = "Project"
DEFAULTS: Final = "Defaults"
OFFER: Final = offers.OFFER
TEMPLATE: Final = "SettingsTemplate"
PRICE_LIST: Final = "DeliveryPriceList"
BUNDLE: Final = "Bundle"
RELEASED: Final = "Released"
SOURCE: Final = "Source"
PROJECT_FILE: Final = "reconcile.yaml"

#: Kinds that say something about other documents: nothing on an account bears their name.
ABOUT: Final = frozenset({PROJECT, DEFAULTS, RELEASED, SOURCE})
_FIRST, _LAST = (PROJECT, DEFAULTS, OFFER, TEMPLATE), (RELEASED, SOURCE)


@cache
def schemas() -> Mapping[str, str]:
    """Return the name of the schema of each kind, in the order in which people read of them."""
    return {kind: dashed(kind) for kind in (*_FIRST, *modules_of_specs(), *_LAST)}


@cache
def named_kinds() -> tuple[str, ...]:
    """Return the kinds whose documents stand for something on an account, by its name."""
    return tuple(kind for kind in schemas() if kind not in ABOUT)


@cache
def in_accounts() -> frozenset[str]:
    """Return the kinds whose documents belong to accounts: what they name, or what their folder says."""
    return frozenset({*named_kinds(), RELEASED})


@cache
def modules() -> Mapping[str, Module]:
    """Return the module that each kind belongs to as a whole. An Offer is in all six, section by section."""
    return {TEMPLATE: Module.SETTINGS, **modules_of_specs()}


@cache
def modules_of_specs() -> Mapping[str, Module]:
    """Return the kinds that an installed marketplace makes beside offers, and their modules."""
    return {kind.name: kind.module for kind in _made() if kind.module is not None}


@cache
def of_one_account() -> frozenset[str]:
    """Return the kinds that belong to exactly one account; the others are shared when they name none."""
    return frozenset({OFFER, *(kind.name for kind in _made() if kind.identity is Identity.MEMBERS)})


@cache
def references() -> tuple[tuple[str, str], ...]:
    """Return (field of an offer, kind of document that its name refers to), for all marketplaces at once."""
    from reconciler.documents.specs import load_spec  # noqa: PLC0415 - a YAML reader, which completion does without

    pairs = (
        (path, field.refers)
        for name in spec_names()
        for path, field in load_spec(name).kinds[OFFER].fields.items()
        if field.type in (Type.REFERENCE, Type.REFERENCES) and field.refers in modules_of_specs()
    )
    return tuple(dict.fromkeys(pairs))


def dashed(kind: str) -> str:
    """`DeliveryPriceList` -> `delivery-price-list`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-")


def _made() -> Iterator[KindSpec]:
    """Yield the kinds of all installed marketplaces that can be written; offers are known anyhow."""
    from reconciler.documents.specs import load_spec  # noqa: PLC0415 - as above

    for name in spec_names():
        yield from (kind for kind in load_spec(name).kinds.values() if kind.operations and kind.name != OFFER)
