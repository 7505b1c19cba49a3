"""The mugs on eBay, in Germany."""

from typing import Final

from reconciler.demo.everywhere.site import Panel, Storefront, with_glaze
from reconciler.simulator.ebay.simulator import EbaySimulator

_ACCOUNT = """\
ebay: {marketplace: ebay, environment: simulator, login: glinny-dwor}
"""
_DEFAULTS = """\
ebay:
  settings: {condition: new, return_policy: 30 Tage, payment_policy: Standard, ships_from: boleslawiec}
  delivery: {prices: DHL Paket}
  content:
    title: {template: templates/ebay-title.j2}
    description: {template: templates/ebay-description.j2}
    category: "177009"
    parameters: {Marke: Glinny Dwór, Material: Steinzeug}
"""
_DESCRIPTION = """\
<p>Von Hand gedreht, fasst <b>{{ labels.size }} ml</b>. Für Spülmaschine und Mikrowelle.</p>
"""


EBAY: Final = Storefront(
    name="ebay",
    account=_ACCOUNT,
    defaults=_DEFAULTS,
    prices=lambda mug: f"ebay-de: {mug.eur:.2f} EUR",
    files={
        "templates/ebay-title.j2": with_glaze(
            lambda glaze: glaze.german,
            "Becher aus Steinzeug, Glasur {{ glaze }}, {{ labels.size }} ml, handgedreht",
        ),
        "templates/ebay-description.j2": _DESCRIPTION,
    },
    costs=lambda mug: mug.eur,
    currency="EUR",
    at_zero="the listing stays and is hidden, or ends, as the account says",
    panel=Panel(
        market=EbaySimulator,
        find=lambda _market, name: name,
        edited=lambda price: {
            "offer": {"pricingSummary": {"price": {"value": f"{price:.2f}", "currency": "EUR"}}}
        },
    ),
)
