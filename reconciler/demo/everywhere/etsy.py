"""The mugs on Etsy."""

from typing import Final

from reconciler.demo.everywhere.mugs import LOGIN
from reconciler.demo.everywhere.site import Panel, Storefront, with_glaze
from reconciler.simulator.etsy.simulator import EtsySimulator

_ACCOUNT = """\
etsy:
  marketplace: etsy
  environment: simulator
  login: glinny-dwor
  guards: {fees: 20.00 USD}   # to list a mug costs 0.20 USD; without this nothing that costs money is done
"""
_DEFAULTS = """\
etsy:
  settings:
    who_made: i_did
    when_made: 2020s
    supply: false
    return_policy: returns and exchanges, 30 days
    section: Mugs
  delivery: {prices: Parcel, processing: "ready to ship, 1-3 days"}
  content:
    title: {template: templates/etsy-title.j2}
    description: {template: templates/etsy-description.j2}
    category: "1062"
    tags: [mug, stoneware, tea, coffee]
    materials: [clay]
"""
_DESCRIPTION = """\
{{ title }}.

Thrown by hand, it holds {{ labels.size }} ml. Safe in the dishwasher and the microwave.
"""


ETSY: Final = Storefront(
    name="etsy",
    account=_ACCOUNT,
    defaults=_DEFAULTS,
    prices=lambda mug: f"etsy-usd: {mug.usd:.2f} USD",
    without=("content.product",),
    files={
        "templates/etsy-title.j2": with_glaze(
            lambda glaze: glaze.english, "Stoneware mug in {{ glaze }} glaze, {{ labels.size }} ml, wheel thrown"
        ),
        "templates/etsy-description.j2": _DESCRIPTION,
    },
    costs=lambda mug: mug.usd,
    currency="USD",
    at_zero="the listing is withdrawn",
    panel=Panel(
        market=EtsySimulator,
        find=lambda market, name: market.listing_by_sku(LOGIN, name),
        edited=lambda price: {"price": price},
    ),
    rewritten=("templates/etsy-description.j2", "Thrown by hand", "Thrown by hand and signed"),
)
