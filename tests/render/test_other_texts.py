"""Findings, reports, facts."""

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import error, warning
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Key
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.report_text import report_text
from reconciler.render.spec_text import spec_markdown, spec_text
from reconciler.render.style import PLAIN

from . import samples
from .goldens import check


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("A",), "1 resource held back, and nothing sent for it:"),
        (("A", "B"), "2 resources held back, and nothing sent for them:"),
    ],
)
def test_what_was_held_back_is_counted(names, said):
    held = {Key("main", OFFER, name): "its price has a mistake" for name in names}
    assert said in list(report_text(replace(samples.report(), held=held), PLAIN))


def test_findings():
    found = (
        error("D201", "unknown key `pryce`", mark=Mark("offers/a.yaml", 14, 3), hint="did you mean `price`?"),
        warning("D310", "price is off", mark=Mark("offers/a.yaml", 2, 1), detail="offers may go stale"),
        error("D306", "there is no reconcile.yaml"),
    )
    check("diagnostics.txt", [*diagnostics_text(found, PLAIN), findings(found)])


def test_report():
    check("report.txt", report_text(samples.report(), PLAIN, plan=samples.week()))


def test_a_row_that_settles_is_no_lost_one():
    check("slow_report.txt", report_text(samples.slow_report(), PLAIN))


def test_refusals_lead_home_and_ours_are_ours():
    check("refused_report.txt", report_text(samples.refused_report(), PLAIN))


def test_a_clean_report_is_short():
    clean = samples.report()
    clean = type(clean)(
        plan_id="p",
        outcomes=clean.outcomes[:17],
        started_at=clean.started_at,
        finished_at=clean.finished_at,
        requests={"Offer.price": 1},
        seconds=14,
    )
    assert list(report_text(clean, PLAIN)) == [
        "Apply complete: 17 applied of 17 planned.",
        "It took 1 request and 14 s.",
    ]


def test_spec_says_every_field_and_budget():
    spec = load_spec("allegro")
    text, markdown = "\n".join(spec_text(spec, PLAIN)), "\n".join(spec_markdown(spec))
    for kind in spec.kinds.values():
        for path in kind.fields:
            assert path in text
            assert path in markdown
    assert "9,000 a minute" in text
    assert "| Budget | Counted for each | Counts | Limit |" in markdown
