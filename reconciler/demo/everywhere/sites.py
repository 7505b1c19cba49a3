"""The marketplaces that the mugs can be sold on."""

from collections.abc import Mapping
from typing import Final

from reconciler.demo.everywhere.allegro import ALLEGRO
from reconciler.demo.everywhere.ebay import EBAY
from reconciler.demo.everywhere.etsy import ETSY
from reconciler.demo.everywhere.site import Storefront

#: In the order in which they stand in documents.
SITES: Final[Mapping[str, Storefront]] = {each.name: each for each in (ALLEGRO, EBAY, ETSY)}
