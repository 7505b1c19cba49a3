"""Small projects as text, for the tests of this folder."""

from reconciler.documents.document import Documents
from reconciler.documents.effective import Effective
from reconciler.documents.layers import effective
from reconciler.documents.load import load
from reconciler.documents.templates import Renderer

ONE = "accounts: {main: {marketplace: allegro, environment: simulator, login: acme}}\n"
TWO = """
accounts:
  main: {marketplace: allegro, environment: simulator, login: acme}
  second: {marketplace: allegro, environment: sandbox, login: acme-2}
"""

OFFER = """\
kind: Offer
name: kubek-acme-300            # the key; becomes external.id
account: main
labels: {brand: acme, season: zima}
sync: {content: manual, price: off}

settings: standard
delivery: {prices: paczkomaty-24h, handling: PT24H}
content:
  title: Kubek ceramiczny ACME 300 ml biały
  category: "257931"
  product: {gtin: "5901234123457"}
  parameters: {Stan: Nowy, Marka: ACME, Kolor: [biały, niebieski]}
  description:
    - text: "<h1>Kubek</h1><p>Do kawy i herbaty.</p>"
    - [{image: images/front.jpg}, {text: "<p>300 ml</p>"}]
  images: [images/front.jpg, https://cdn.example/back.jpg]
price: {base: 49.99 PLN, allegro-cz: 289 CZK}
stock: {quantity: 73, status: active}
bundle: [{product: {gtin: "5901234123464"}, quantity: 2}]
"""
TEMPLATE = "kind: SettingsTemplate\nname: standard\n"


def project(**files: str) -> Documents:
    """Load a project; `offers__a` is the file offers/a.yaml, and reconcile.yaml has one account unless given."""
    texts = {"reconcile": ONE, **files}
    return load((f"{name.replace('__', '/')}.yaml", text.encode()) for name, text in texts.items())


def offers(found: Documents, templates: dict[str, str] | None = None) -> dict[str, Effective]:
    """Return the effective documents by name, having made sure that nothing was wrong."""
    renderer = Renderer(templates.__getitem__) if templates is not None else None
    out, faults = effective(found, render=renderer)
    assert [*found.diagnostics, *faults] == []
    return {one.document.name: one for one in out}
