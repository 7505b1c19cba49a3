"""Before the incidents all is equal; with them the plan shows each; after the corrections all converges."""

from pathlib import Path

import pytest
from cli.running import reconcile

from reconciler.demo import DemoSummary, put_right, write_demo
from reconciler.demo.write import lay_out
from reconciler.model.changes import Verb
from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan, Plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

#: What holds back the offer that it stands in: the finding's code, and a word of its line.
FOUND = {
    "A mistyped GTIN": ("D536", "gtin:"),
    "An unknown value": ("P224", "Okazja:"),
    "A price list misspelled": ("P202", "kurier-i-odbiur"),
    "Pasted HTML": ("D503", "<p><p>"),
    "A parameter twice": ("D530", "marka:"),
    "A picture that is not there": ("D506", "images/w-kuchni.png"),
    "An unknown producer": ("P202", "ceramika-bolimkaa"),
    "A title that is too long": ("D503", "title:"),
}
GUARDED = {
    "A price typo": {"price-shift", "price-change"},
    "A stock typo": {"stock-change"},
    "A delivery typo": {"price-shift", "price-change"},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """Return the summary of a demo that is just large enough for all accidents; nobody changes its files."""
    return write_demo(tmp_path_factory.mktemp("incidents") / "shop", offers=100, seed=7)


def _told(written: DemoSummary, kind: str) -> str:
    (sentence,) = [each for each in written.planted if each.startswith(f"{kind}:")]
    return sentence


def _file(written: DemoSummary, kind: str) -> str:
    words = _told(written, kind).replace(",", " ").replace(";", " ").split()
    return next(word for word in words if word.endswith(".yaml"))


def _plan(directory: Path) -> Plan:
    return make_plan(Workspace(directory), PlanOptions(), Silent())


@pytest.fixture(scope="module")
def plan(written: DemoSummary) -> Plan:
    """Return the plan of the demo as it is written."""
    return _plan(written.directory)


@pytest.fixture(scope="module")
def planned(plan: Plan) -> AccountPlan:
    """Return the part of its account."""
    return plan.accounts[0]


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
        "Ended by the marketplace", "Expired", "Live offers without a document", "A stock typo", "A delivery typo", *FOUND,
    ],
)  # fmt: skip
def test_planted(written: DemoSummary, kind: str) -> None:
    """Each incident is told once, in the summary and in the README."""
    told = _told(written, kind)
    assert told.removeprefix(kind) in (written.directory / "README.md").read_text("utf-8")
    assert any(told in line for line in written.lines())


def test_files_exist(written: DemoSummary) -> None:
    """Every file that the summary names is there, but for the removed one."""
    for sentence in written.planted:
        for word in sentence.replace(",", " ").replace(";", " ").split():
            if word.endswith(".yaml"):
                assert (written.directory / word).exists() != sentence.startswith("A removed"), word


@pytest.mark.parametrize("kind", FOUND)
def test_found(written: DemoSummary, plan: Plan, kind: str) -> None:
    """The plan says file and line of each mistake, and holds back this one offer."""
    code, word = FOUND[kind]
    file = _file(written, kind)
    (found,) = [each for each in plan.diagnostics if each.severity == "error" and each.mark.file == file]
    assert found.code == code
    assert word in (written.directory / file).read_text("utf-8").splitlines()[found.mark.line - 1]
    assert found.about is not None
    assert found.about.name == Path(file).stem


def test_the_rest_is_planned(written: DemoSummary, plan: Plan, planned: AccountPlan) -> None:
    """Eight offers are held back; nothing else is wrong, and no change is planned for them."""
    held = {Path(_file(written, kind)).stem for kind in FOUND}
    assert len([each for each in plan.diagnostics if each.severity == "error"]) == len(held) == len(FOUND)
    assert {name.rpartition("/")[2] for name in planned.undone["held"]} == held
    assert len(planned.changes) > 30
    assert not held & {change.key.name for change in planned.changes}


def test_refused(written: DemoSummary, planned: AccountPlan) -> None:
    """The three slips trip the guards, each with its line, and nothing else does."""
    tripped: dict[str, set[str]] = {}
    for violation in planned.violations:
        for row in violation.rows:
            assert row.mark
            tripped.setdefault(row.mark.file, set()).add(violation.rule)
    assert tripped == {_file(written, kind): rules for kind, rules in GUARDED.items()}
    said = {(str(row.before), str(row.after)) for violation in planned.violations for row in violation.rows}
    assert {("149.00 PLN", "14.90 PLN"), ("99.00 PLN", "990.00 PLN")} < said
    assert [after for before, after in said if "PLN" not in before] == ["110000"]


def test_verbs(planned: AccountPlan) -> None:
    """One offer is new, two end, one is listed again; the rest are changes of price, stock, texts and settings."""
    verbs = [change.verb for change in planned.changes if change.key.kind == OFFER]
    assert (verbs.count(Verb.CREATE), verbs.count(Verb.END), verbs.count(Verb.ACTIVATE)) == (1, 2, 1)
    assert verbs.count(Verb.UPDATE) > 25
    assert len(planned.unmanaged) == 6


def test_drift(planned: AccountPlan) -> None:
    """What people did in the panel is drift; what the commit did is not."""
    drifted = {each.path for change in planned.changes for each in change.fields if each.drift}
    assert drifted == {"price.base", "content.title", "content.description", "stock.status"}
    typos = [each for change in planned.changes for each in change.fields if "14.90 PLN" in str(each.after)]
    assert [each.drift for each in typos] == [False]


def test_never_revived(plan: Plan) -> None:
    """The offer that the marketplace ended is reported, and stays undone."""
    told = [each.summary for each in plan.diagnostics if each.code == "P301"]
    assert len(told) == 1
    assert "never revived" in told[0]
    assert len(plan.accounts[0].undone["frozen"]) == 1


def test_fix(written: DemoSummary, copied: Path) -> None:
    """Each correction changes one line of one file and is told in a line; after it the documents are sound."""
    before = {
        file: file.read_text("utf-8")
        for folder in ("offers", "delivery")
        for file in copied.glob(f"{folder}/**/*.yaml")
    }
    told = put_right(copied)
    typo = _file(written, "A price typo")
    assert told[0] == f"Corrected `price: 14.90 PLN` to `price: 149.00 PLN` in {typo}."
    assert len(told) == len(FOUND) + len(GUARDED) + 1
    assert [each.partition(" ")[0] for each in told].count("Removed") == 1
    changed = [file for file, text in before.items() if file.read_text("utf-8") != text]
    assert len(changed) == len(told)
    for file in changed:
        assert len(set(before[file].splitlines()) - set(file.read_text("utf-8").splitlines())) == 1
    assert {each.code for each in validate(Workspace(copied)).diagnostics} <= {"P201"}


def test_fix_twice(copied: Path) -> None:
    """Nothing is corrected twice."""
    put_right(copied)
    before = {file: file.read_bytes() for file in copied.glob("offers/**/*.yaml")}
    assert all(each.endswith("already.") for each in put_right(copied))
    assert before == {file: file.read_bytes() for file in copied.glob("offers/**/*.yaml")}
    with pytest.raises(FileNotFoundError):
        put_right(copied / "offers")


def test_fix_after_a_person(written: DemoSummary, copied: Path) -> None:
    """What somebody has changed or removed in the meantime is left as it is."""
    price, removed = (copied / _file(written, kind) for kind in ("A price typo", "A stock typo"))
    price.write_text(price.read_text("utf-8").replace("14.90 PLN", "139.00 PLN"), "utf-8")
    removed.unlink()
    told = put_right(copied)
    assert told[0] == f"{_file(written, 'A price typo')} says something else by now."
    assert [each for each in told if each.endswith(" is not there any more.")]
    assert "price: 139.00 PLN" in price.read_text("utf-8")
    assert not removed.exists()


def test_converges(copied: Path) -> None:
    """After the corrections one apply is enough: the next plan is empty, and nothing that is declared is undone."""
    put_right(copied)
    plan = _plan(copied)
    assert plan.refused == ()
    assert plan.accounts[0].undone == {}
    apply_plan(Workspace(copied), plan, ApplyOptions(), Silent())
    after = _plan(copied)
    assert after.accounts[0].changes == ()
    assert after.accounts[0].undone == {}
    assert {each.code for each in after.diagnostics} <= {"P201", "P501", "P502"}


def test_as_typed(copied: Path) -> None:
    """The story of README.md, by its exit codes: mistakes, the corrections, nothing wrong any more."""
    assert reconcile("plan", cwd=copied).returncode == 1
    fixed = reconcile("demo", "--fix", copied)
    assert (fixed.returncode, fixed.stdout.count("\n")) == (0, len(FOUND) + len(GUARDED) + 1)
    assert reconcile("plan", "--detailed-exitcode", cwd=copied).returncode == 2


def test_fix_without_a_demo(tmp_path: Path) -> None:
    """Another project is not corrected."""
    (tmp_path / "reconcile.yaml").write_text("kind: Project\nname: mine\n", "utf-8")
    done = reconcile("demo", "--fix", tmp_path)
    assert done.returncode == 1
    assert "is no demo shop" in done.stderr
    assert "Traceback" not in done.stderr
