"""What Allegro offers to every seller, as lists of ids: promotion packages, templates of size tables."""

from collections.abc import Mapping

from reconciler.model.catalogue import Packages
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import PACKAGES, SIZE_TEMPLATES
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.faults import fetch


def packages() -> Conversation[Packages]:
    """Read the promotion packages of the base site (openapi getAvailableOfferPromotionPackages)."""
    path = "/sale/offer-promotion-packages"
    found = yield from fetch(Request(method="GET", path=path, expects=PACKAGES, name=Errand.PACKAGES))
    return Packages(
        base=tuple(each["id"] for each in found["basePackages"]),
        extra=tuple(each["id"] for each in found["extraPackages"]),
    )


def size_templates() -> Conversation[Mapping[str, str]]:
    """Read the templates of size tables (openapi getTablesTemplatesUsingGET)."""
    path = "/sale/size-tables-templates"
    found = yield from fetch(Request(method="GET", path=path, expects=SIZE_TEMPLATES, name=Errand.SIZE_TEMPLATES))
    return {each["id"]: each.get("name") or "" for each in found["templates"]}
