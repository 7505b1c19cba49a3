"""docs/documents.md says what is there: every code, every kind, every key; and every code has a test."""

import json
import re
from pathlib import Path

from reconciler.demo.pictures import png
from reconciler.documents.allowed import GLOBALS, filters
from reconciler.documents.fuel import Fuel
from reconciler.documents.kinds import schemas
from reconciler.documents.resources import schema_text
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
#: Kinds that say something about other documents, or are no resource of an account.
ABOUT = {"Project", "Defaults", "Released", "SettingsTemplate", "Source"}
MIRRORED = {"ReturnPolicy", "ImpliedWarranty", "Warranty", "ResponsibleProducer", "ResponsiblePerson", "AdditionalServices", "SizeTable", "OfferTag"}  # fmt: skip


OF_EBAY = {"PaymentPolicy", "StockLocation"}
MESSAGES = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
_CODE = re.compile(r"\b(?:[DPS][1-7]|L0)[0-9]{2}\b")
#: Something else that looks like a code: how a signature of a login is made.
_NO_CODE = {"S256"}


def _told():
    return re.findall(r"^\| ([DPSL][0-9]{3}) \|", MESSAGES, re.MULTILINE)


def test_every_code_has_its_line_and_no_line_is_of_none():
    sources = (ROOT / "reconciler").rglob("*.py")
    literals = (re.findall(r'"([DPSL][0-9]{3})"', source.read_text(encoding="utf-8")) for source in sources)
    assert sorted(_told()) == sorted(set().union(*literals) - _NO_CODE)


def test_every_code_has_a_test():
    tests = [test for test in Path(__file__).parents[1].rglob("*.py") if test.name != Path(__file__).name]
    tested = set().union(*(_CODE.findall(test.read_text(encoding="utf-8")) for test in tests))
    assert set(_told()) - tested == set()


def test_every_kind_and_key_is_told():
    for kind, name in schemas().items():
        assert kind in DOCS
        if kind not in MIRRORED:
            for key in json.loads(schema_text(name))["properties"]:
                assert re.search(rf"[`.{{ \n]{key}\b", DOCS), (kind, key)


def test_every_filter_is_told():
    from jinja2.defaults import DEFAULT_FILTERS

    told = re.search(r"Filters: `([^`]*)`", DOCS)[1].split()
    assert sorted(told) == sorted(filters(DEFAULT_FILTERS, Fuel()))
    assert all(f"`{name}`" in DOCS for name in GLOBALS)


def _examples():
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    projects = {n for n, block in enumerate(blocks) if re.search(r"^accounts:$", block, re.MULTILINE)}
    return {("reconcile.yaml" if n in projects else f"{n}/x.yaml"): block for n, block in enumerate(blocks)}


def test_every_kind_has_an_example():
    shown = set(re.findall(r"^kind: (\w+)$", "\n".join(_examples().values()), re.MULTILINE))
    assert set(schemas()) - {"Project"} == shown


def test_the_examples_validate(tmp_path):
    for path, text in _examples().items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    project = tmp_path / "reconcile.yaml"
    outlet = (
        "accounts:\n  outlet: {marketplace: allegro, environment: simulator, login: acme-outlet}\n"
        "  shop: {marketplace: ebay, environment: simulator, login: sklep}\n"
    )
    project.write_text(project.read_text("utf-8").replace("accounts:\n", outlet), encoding="utf-8")
    (tmp_path / "_defaults.yaml").write_text("kind: Defaults\naccount: main\n")
    images = tmp_path / "images"
    images.mkdir()
    (images / "front.png").write_bytes(png((1, 2, 3), (4, 5, 6), (7, 8, 9)))
    found = resolve_project(Workspace(tmp_path))
    said = [(each.code, each.summary) for each in found.diagnostics]
    assert said == [
        ("P201", "price is off for 1 offer (decided by offer)"),
        ("P201", "stock is off for 2 offers (decided by account main)"),
    ]
    declared = {wanted.account.name: {each.key.kind for each in wanted.desired} for wanted in found.wanted}
    assert declared["main"] == set(schemas()) - ABOUT - OF_EBAY
    assert declared["shop"] == OF_EBAY
