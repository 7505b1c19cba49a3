"""The mugs on Allegro: in Poland and, in crowns, in Czechia."""

from typing import Final

from reconciler.demo.everywhere.mugs import LOGIN
from reconciler.demo.everywhere.site import Panel, Storefront, with_glaze
from reconciler.simulator.allegro.simulator import AllegroSimulator

_ACCOUNT = """\
allegro: {marketplace: allegro, environment: simulator, login: glinny-dwor}
"""
_DEFAULTS = """\
allegro:
  settings: standard
  delivery: {prices: polska-i-czechy, handling: PT24H}
  content:
    title: {template: templates/allegro-title.j2}
    description: {template: templates/allegro-description.j2}
    category: "257931"
    parameters: {Stan: Nowy}
"""
_SHOP = """\
kind: SettingsTemplate
name: standard
accounts: [allegro]
return_policy: zwroty-14-dni
invoice: vat
location: {city: Bolesławiec, province: dolnoslaskie, post_code: 59-700, country: PL}
---
kind: ReturnPolicy
name: zwroty-14-dni
accounts: [allegro]
is_fulfillment: false
availability: {range: full}
withdrawal_period: P14D
return_cost: {covered_by: buyer}
address: {name: Glinny Dwór, street: Rynek 8, post_code: 59-700, city: Bolesławiec, country_code: PL}
options:
  cash_on_delivery_not_allowed: true
  free_accessories_return_required: false
  refund_lowered_by_received_discount: false
  business_return_allowed: false
  collect_by_seller_only: false
---
kind: DeliveryPriceList
name: polska-i-czechy
accounts: [allegro]
type: physical
dispatch_country: PL
methods:
  Allegro Paczkomaty InPost 24/7: 12.50 PLN
  Allegro Kurier DPD: {first: 16.50 PLN, max_quantity: 8}
  Allegro One Box, AlzaBox: {first: 79 CZK, max_quantity: 4}
"""
_DESCRIPTION = """\
<h1>{{ title }}</h1>
<p>Toczony ręcznie, mieści <b>{{ labels.size }} ml</b>. Można myć w zmywarce i podgrzewać w mikrofalówce.</p>
"""


def _find(market: AllegroSimulator, name: str) -> str:
    found = market.offer_by_external_id(LOGIN, name) or {}
    return str(found["id"])


ALLEGRO: Final = Storefront(
    name="allegro",
    account=_ACCOUNT,
    defaults=_DEFAULTS,
    prices=lambda mug: f"base: {mug.pln:.2f} PLN, allegro-cz: {mug.czk:.0f} CZK",
    files={
        "shop/allegro.yaml": _SHOP,
        "templates/allegro-title.j2": with_glaze(
            lambda glaze: glaze.polish, "Kubek kamionkowy {{ glaze }} {{ labels.size }} ml ręcznie toczony"
        ),
        "templates/allegro-description.j2": _DESCRIPTION,
    },
    costs=lambda mug: mug.pln,
    currency="PLN",
    at_zero="the offer ends",
    panel=Panel(
        market=AllegroSimulator,
        find=_find,
        edited=lambda price: {"sellingMode": {"price": {"amount": f"{price:.2f}", "currency": "PLN"}}},
    ),
)
