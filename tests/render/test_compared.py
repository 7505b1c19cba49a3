"""`spec compare`: what each module means on each marketplace, and docs/marketplaces.md, which has the same tables."""

from pathlib import Path

from reconciler.cli.main import run
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.modules import Module
from reconciler.render.compared_text import NOT_THERE, compared, compared_markdown

DOCS = (Path(__file__).parents[2] / "docs" / "marketplaces.md").read_text("utf-8")
SPECS = [load_spec(name) for name in spec_names()]


def test_the_page_has_what_the_command_prints(capsys):
    assert run(["spec", "compare", "--markdown"]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed in DOCS
    assert "\n".join(compared_markdown(SPECS)).strip() == printed


def test_every_field_of_every_marketplace_has_its_cell():
    tables = {table.title: dict(table.rows) for table in compared(SPECS)}
    for number, spec in enumerate(SPECS):
        for path, field in spec.kinds["Offer"].fields.items():
            assert tables[f"Module {field.module}"][path][number] != NOT_THERE
    assert {f"Module {each}" for each in Module} < set(tables)
    assert "0.20 USD" in tables["All offers"]["costs money at once"][spec_names().index("etsy")]
    assert tables["Module content"]["content.tags"][spec_names().index("allegro")] == NOT_THERE


def test_for_a_terminal(capsys):
    assert run(["spec", "compare", "etsy"]) == 0
    assert "Number in the taxonomy of sellers" in capsys.readouterr().out
    assert run(["spec", "compare", "bazaar"]) == 1
    assert "there is no spec of bazaar" in capsys.readouterr().err
