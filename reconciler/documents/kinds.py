"""The kinds of documents, and the schema of each."""

from typing import Final

from reconciler.model.modules import Module

PROJECT: Final = "Project"
DEFAULTS: Final = "Defaults"
OFFER: Final = "Offer"
TEMPLATE: Final = "SettingsTemplate"
PRICE_LIST: Final = "DeliveryPriceList"
BUNDLE: Final = "Bundle"
RELEASED: Final = "Released"
SOURCE: Final = "Source"
PROJECT_FILE: Final = "reconcile.yaml"

#: Kind -> name of its schema.
SCHEMAS: Final = {
    PROJECT: "project",
    DEFAULTS: "defaults",
    OFFER: "offer",
    TEMPLATE: "settings-template",
    PRICE_LIST: "delivery-price-list",
    BUNDLE: "bundle",
    "ReturnPolicy": "return-policy",
    "ImpliedWarranty": "implied-warranty",
    "Warranty": "warranty",
    "ResponsibleProducer": "responsible-producer",
    "ResponsiblePerson": "responsible-person",
    "AdditionalServices": "additional-services",
    "SizeTable": "size-table",
    "OfferTag": "offer-tag",
    RELEASED: "released",
    SOURCE: "source",
}

#: Kinds whose documents stand for something on an account, by its name.
NAMED: Final = tuple(kind for kind in SCHEMAS if kind not in {PROJECT, DEFAULTS, RELEASED, SOURCE})

#: Kinds whose documents belong to accounts: what they name, or what their folder says.
IN_ACCOUNTS: Final = frozenset({*NAMED, RELEASED})

#: Kind -> the module that it belongs to as a whole. An Offer is in all six, section by section.
MODULES: Final = {
    kind: {PRICE_LIST: Module.DELIVERY, BUNDLE: Module.BUNDLE}.get(kind, Module.SETTINGS)
    for kind in NAMED
    if kind != OFFER
}

#: Kinds that belong to exactly one account; the others are shared when they name none.
OF_ONE_ACCOUNT: Final = frozenset({OFFER, BUNDLE})

#: Field of the settings section -> kind of document that its name refers to.
REFERENCES: Final = {
    "return_policy": "ReturnPolicy",
    "implied_warranty": "ImpliedWarranty",
    "warranty": "Warranty",
    "additional_services": "AdditionalServices",
    "size_table": "SizeTable",
    "producer": "ResponsibleProducer",
    "person": "ResponsiblePerson",
}
