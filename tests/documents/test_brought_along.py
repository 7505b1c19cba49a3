"""A package of somebody else brings a marketplace: its kinds of documents and its fields are there by its spec alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.documents.grammar import added, composed
from reconciler.documents.kinds import OFFER, TEMPLATE, modules, references, schemas
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec

ROOT = Path(__file__).resolve().parents[2]
SPEC = """\
kind: Marketplace
name: bazaar
title: Bazaar
revision: "2026-01-01"
source: https://bazaar.example
base_market: bazaar-eur
images_always_resent: false
settling_hours: 1
list_lag_minutes: 1
image_hosts: []
images: {formats: [png], max_bytes: 1000000, min_side: 1, max_pixels: 1000000}
marketplaces: {bazaar-eur: {currency: EUR, decimals: 2}}
environments: {production: {api: "https://bazaar.example", auth: "https://bazaar.example", upload: "https://bazaar.example"}}
budgets: {}
kinds:
  Offer:
    label: offer
    identity: external_id
    views: {list: {request: "GET /offers", budgets: []}}
    operations: {edit: {request: "PATCH /offers/{id}", shape: single, completion: immediate, wave: 1, budgets: []}}
    fields:
      content.motto: {module: content, type: text, views: {list: /motto}, write: /motto, by: [edit], about: What it says.}
      settings.wrap: {module: settings, type: reference, refers: GiftWrap, views: {list: /wrap}, write: /wrap, by: [edit]}
  GiftWrap:
    label: gift wrap
    module: settings
    identity: name
    views: {list: {request: "GET /wraps", budgets: []}}
    operations: {update: {request: "PUT /wraps/{id}", shape: single, completion: immediate, wave: 1, budgets: []}}
    fields:
      paper: {type: enum, values: {plain: PLAIN, "007": DOTS}, views: {list: /paper}, write: /paper, by: [update], about: Its paper.}
      layers: {type: integer, views: {list: /layers}, write: /layers, by: [update], about: How many.}
"""
PROJECT = "accounts:\n  main: {marketplace: bazaar, environment: production, login: a}\n"
GOOD = """\
kind: GiftWrap
name: red
paper: 007
layers: 2
---
kind: Offer
name: K-1
content: {motto: 1e5}
settings: {wrap: red}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A package with the entry point of a marketplace, its spec beside it, and no code that anybody would call."""
    place = tmp_path_factory.mktemp("installed")
    data = place / "bazaar_client" / "data" / "specs"
    data.mkdir(parents=True)
    (data / "bazaar.yaml").write_text(SPEC, "utf-8")
    (place / "bazaar_client" / "__init__.py").write_text("CLIENT = None\n")
    about = place / "bazaar_client-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bazaar-client\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[reconciler.providers]\nbazaar = bazaar_client:CLIENT\n")
    return place


def _run(installed, *arguments, beside=None):
    path = os.pathsep.join(str(each) for each in (ROOT, *([installed] if installed else ())))
    return subprocess.run(
        [sys.executable, "-c", "import sys; from reconciler.cli.main import run; sys.exit(run(sys.argv[1:]))", *arguments],
        capture_output=True, text=True, check=False, cwd=beside or ROOT, env={**os.environ, "PYTHONPATH": path, "COLUMNS": "100"},
    )  # fmt: skip


def _shop(folder, text):
    (folder / "reconcile.yaml").write_text(PROJECT)
    (folder / "things.yaml").write_text(text)
    return folder


def test_its_kind_is_a_kind_of_document(installed, tmp_path):
    done = _run(installed, "validate", beside=_shop(tmp_path, GOOD))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_it_is_shown_at_its_place(installed, tmp_path):
    wrong = (
        GOOD.replace("layers: 2", "layer: 2")
        .replace("paper: 007", "paper: striped")
        .replace("wrap: red", "wrap: redd")
    )
    done = _run(installed, "validate", beside=_shop(tmp_path, wrong))
    said = done.stdout + done.stderr
    assert done.returncode == 1
    for told in ("things.yaml:3:8", "`striped`", "things.yaml:4:1", "Did you mean `layers`?"):
        assert told in said, said
    assert (
        "D308" not in said
    )  # a document with mistakes is there all the same: it is not taken for a slip in its name


def test_without_the_package_there_is_no_such_kind(tmp_path):
    done = _run(None, "validate", beside=_shop(tmp_path, GOOD))
    assert done.returncode == 1
    assert "`GiftWrap` is not a kind of document" in done.stdout + done.stderr


def test_editors_get_its_schemas(installed, tmp_path):
    done = _run(installed, "schema", "--write", str(tmp_path))
    assert done.returncode == 0, done.stderr
    wrap, offer, defaults = (
        json.loads((tmp_path / f"{name}.schema.json").read_text("utf-8"))
        for name in ("gift-wrap", "offer", "defaults")
    )
    assert wrap["properties"]["paper"]["enum"] == ["plain", "007", None]
    assert wrap["properties"]["paper"]["description"] == "Its paper."
    assert offer["properties"]["content"]["properties"]["motto"]["description"] == "What it says."
    assert defaults["properties"]["GiftWrap"]["$ref"] == "gift-wrap.schema.json#/$defs/partial"


def test_marketplaces_agree_on_what_they_share():
    """A kind is one module's, whoever makes it: its toggle is one."""
    for name in spec_names():
        for kind in load_spec(name).kinds.values():
            assert kind.name == OFFER or kind.module is not None, (name, kind.name)
            assert kind.name not in modules() or kind.module is modules()[kind.name], (name, kind.name)
    assert set(modules()) | {OFFER} <= set(schemas())
    assert ("settings.return_policy", "ReturnPolicy") in references()


def test_every_field_of_every_marketplace_can_be_written_down():
    every = composed()
    for name in spec_names():
        for kind in load_spec(name).kinds.values():
            for path in kind.fields if kind.name in schemas() and "*" not in "".join(kind.fields) else ():
                section, _, key = path.partition(".")
                place = every[schemas()[kind.name]]["properties"][section]
                assert not key or key in place["properties"] or place["additionalProperties"], (name, path)
    assert "who_made" in added(TEMPLATE)
