"""The marketplaces that the mugs can be sold on."""

from collections.abc import Mapping
from typing import Final

from reconciler.demo.everywhere.allegro import ALLEGRO
from reconciler.demo.everywhere.etsy import ETSY
from reconciler.demo.everywhere.site import Site

#: In the order in which they stand in documents.
SITES: Final[Mapping[str, Site]] = {each.name: each for each in (ALLEGRO, ETSY)}
