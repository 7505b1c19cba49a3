"""Before the incidents all is equal; with them the plan shows each; after the typo's correction all converges."""

from pathlib import Path

import pytest

from reconciler.demo import DemoSummary, fix_typo
from reconciler.demo.write import lay_out
from reconciler.model.changes import Verb
from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan, Plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace


def _plan(directory: Path) -> Plan:
    return make_plan(Workspace(directory), PlanOptions(), Silent())


@pytest.fixture(scope="module")
def planned(written: DemoSummary) -> AccountPlan:
    """Return the plan of the demo as it is written."""
    return _plan(written.directory).accounts[0]


def test_equal_before(tmp_path: Path) -> None:
    """Documents, marketplace and ledger agree until something happens."""
    _, market = lay_out(tmp_path / "shop", 60, 7, Silent())
    market.close()
    plan = _plan(tmp_path / "shop")
    assert plan.accounts[0].changes == ()
    assert plan.accounts[0].unsynced == ()
    assert {each.code for each in plan.diagnostics} <= {"P201"}


@pytest.mark.parametrize(
    "kind",
    [
        "A price typo", "A new offer", "A removed document", "A dearer delivery", "A template edit",
        "A quantity of zero", "A stock count", "A delivery", "A sale", "A price edited in the panel",
        "A title edited in the panel", "A description edited in the panel", "A quantity edited in the panel",
        "Ended by the marketplace", "Expired", "Live offers without a document",
    ],
)  # fmt: skip
def test_planted(written: DemoSummary, kind: str) -> None:
    """Each incident is told once, in the summary and in the README."""
    told = [sentence for sentence in written.planted if sentence.startswith(f"{kind}:")]
    assert len(told) == 1
    assert told[0].removeprefix(kind) in (written.directory / "README.md").read_text("utf-8")
    assert any(told[0] in line for line in written.lines())


def test_files_exist(written: DemoSummary) -> None:
    """Every file that the summary names is there, but for the removed one."""
    for sentence in written.planted:
        for word in sentence.replace(",", " ").replace(";", " ").split():
            if word.endswith(".yaml"):
                assert (written.directory / word).exists() != sentence.startswith("A removed"), word


def test_refused(planned: AccountPlan) -> None:
    """The typo trips the guards, and nothing else does."""
    assert {violation.rule for violation in planned.violations} == {"price-shift", "price-change"}
    rows = {row for violation in planned.violations for row in violation.rows}
    assert len(rows) == 1
    row = rows.pop()
    assert (str(row.before), str(row.after)) == ("149.00 PLN", "14.90 PLN")
    assert row.mark


def test_verbs(planned: AccountPlan) -> None:
    """One offer is new, two end, one is listed again; the rest are changes of price, stock, texts and settings."""
    verbs = [change.verb for change in planned.changes if change.key.kind == OFFER]
    assert (verbs.count(Verb.CREATE), verbs.count(Verb.END), verbs.count(Verb.ACTIVATE)) == (1, 2, 1)
    assert verbs.count(Verb.UPDATE) > 15
    assert len(planned.unmanaged) == 6


def test_drift(planned: AccountPlan) -> None:
    """What people did in the panel is drift; what the commit did is not."""
    drifted = {each.path for change in planned.changes for each in change.fields if each.drift}
    assert drifted == {"price.base", "content.title", "content.description", "stock.status"}
    typo = next(each for change in planned.changes for each in change.fields if "14.90 PLN" in str(each.after))
    assert not typo.drift


def test_never_revived(written: DemoSummary) -> None:
    """The offer that the marketplace ended is reported."""
    told = [each.summary for each in _plan(written.directory).diagnostics if each.code == "P301"]
    assert len(told) == 1
    assert "never revived" in told[0]


def test_fix(copied: Path) -> None:
    """Correcting the typo changes one line of one file, once."""
    before = {file: file.read_bytes() for file in copied.glob("offers/**/*.yaml")}
    assert fix_typo(copied).startswith("Corrected `price: 14.90 PLN` to `price: 149.00 PLN`")
    changed = [file for file, data in before.items() if file.read_bytes() != data]
    assert len(changed) == 1
    assert fix_typo(copied).endswith("already.")
    with pytest.raises(FileNotFoundError):
        fix_typo(copied / "offers")


def test_converges(copied: Path) -> None:
    """After the correction one apply is enough: the next plan is empty."""
    fix_typo(copied)
    plan = _plan(copied)
    assert plan.refused == ()
    apply_plan(Workspace(copied), plan, ApplyOptions(), Silent())
    after = _plan(copied)
    assert after.accounts[0].changes == ()
    assert {each.code for each in after.diagnostics} <= {"P201", "P301", "P501", "P502"}
