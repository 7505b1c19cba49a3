"""A pull that does not come to its end: nothing half is ever planned, and the next one gives the same documents."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import time
from pathlib import Path

import cutting
import pytest
import warm

from reconciler.cli.main import run
from reconciler.documents.specs import load_spec
from reconciler.model.offers import Key
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.errors import BadDocuments, Locked, RunStopped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.accounts import account_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.placing import JOURNAL, STAGING, alone
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import market

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A project with a dozen offers that nobody has pulled yet."""
    root = tmp_path_factory.mktemp("pull") / "shop"
    store = root / ".reconcile" / "simulator-allegro.db"
    store.parent.mkdir(parents=True)
    simulator = AllegroSimulator(store, settings=AllegroSettings.calm())
    simulator.seed(market.account(12))
    simulator.close()
    declared = f"accounts:\n  main: {{marketplace: allegro, environment: simulator, login: {market.LOGIN}}}\n"
    (root / "reconcile.yaml").write_text(declared, "utf-8")
    return root


@pytest.fixture
def shop(untouched, tmp_path):
    return Path(shutil.copytree(untouched, tmp_path / "shop"))


@pytest.fixture(scope="module")
def undisturbed(untouched, tmp_path_factory):
    """What is there after a pull that nobody cut off: files by path, and what is remembered."""
    root = Path(shutil.copytree(untouched, tmp_path_factory.mktemp("whole") / "shop"))
    pulling(root)
    return documents(root), remembered(root)


def pulling(root):
    return pull(Workspace(root), (), root, Silent())


def documents(root):
    """Everything but what the project remembers, hidden files included."""
    found = (path for path in root.rglob("*") if ".reconcile" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in found}


def remembered(root):
    """What was seen equal, but for the moment of it."""
    account = account_of(Workspace(root), "main")
    ledger = Ledger(root / ".reconcile" / "ledger.db")
    try:
        seen = ledger.baselines(place_of(account, load_spec(account.marketplace)))
    finally:
        ledger.close()
    return {key: (each.remote_id, each.digests, each.fingerprint) for key, each in seen.items()}


def planned(root):
    """The changes of a plan; none where it is refused."""
    if (root / JOURNAL).exists():
        with pytest.raises(BadDocuments) as refused:
            make_plan(Workspace(root), PlanOptions(), Silent())
        assert [each.code for each in refused.value.diagnostics] == ["D120"]
        return []
    found = make_plan(Workspace(root), PlanOptions(), Silent())
    return [(str(change.key), str(change.verb), change.fields) for change in found.changes]


@pytest.mark.parametrize("first", [1, 2, 3])
def test_wherever_it_is_killed_the_next_pull_gives_the_same(shop, undisturbed, first, tmp_path):
    """No plan changes anything on the way; afterwards all is there, remembered, and nothing else."""
    before = documents(shop)
    states = set()
    for step in cutting.cuts(first, every=7):
        root = Path(shutil.copytree(shop, tmp_path / f"cut-{step}"))
        if not cutting.cut_off(lambda root=root: pulling(root), step, root):
            break
        states.add(((root / JOURNAL).exists(), documents(root) == before))
        assert planned(root) == [], step
        pulling(root)
        assert (documents(root), remembered(root)) == undisturbed, step
        assert planned(root) == [], step
        shutil.rmtree(root)
    assert {(False, True), (True, False), (False, False)} <= states, "the cuts missed a phase"


@pytest.mark.parametrize("first", [1, 2])
def test_taking_back_may_be_cut_off_too(shop, undisturbed, first, tmp_path):
    """Twice in a row: while it is put in place, and while the next pull takes it back."""
    half = half_pulled(shop)
    for step in cutting.cuts(first, every=4):
        root = Path(shutil.copytree(half, tmp_path / f"cut-{step}"))
        assert cutting.cut_off(lambda root=root: pulling(root), step, root)
        assert planned(root) == [], step
        began_anew = not (root / JOURNAL).exists()
        pulling(root)
        assert (documents(root), remembered(root)) == undisturbed, step
        shutil.rmtree(root)
        if began_anew:
            break


def half_pulled(root):
    """Cut a pull off when some of its documents are in place."""
    for step in cutting.cuts(20, every=2):
        copy = Path(shutil.copytree(root, root.with_name(f"half-{step}")))
        assert cutting.cut_off(lambda copy=copy: pulling(copy), step, copy)
        if (copy / JOURNAL).exists() and len(list(copy.glob("offers/*/sku-*.yaml"))) > 3:
            return copy
        shutil.rmtree(copy)
    raise AssertionError


def test_half_a_pull_is_said(shop, monkeypatch, capsys):
    """By a plan that it refuses, and by the pull that takes it back."""
    root = half_pulled(shop)
    monkeypatch.chdir(root)
    assert run(["plan"]) == 1
    assert "a pull is at work here, or was cut off" in capsys.readouterr().err
    assert run(["pull"]) == 0
    assert "note: an earlier pull was cut off; what it had written was taken back first" in capsys.readouterr().out


def test_what_somebody_changed_meanwhile_is_theirs(shop):
    """A document of half a pull that was edited since is kept; what is not edited goes and comes again."""
    root = half_pulled(shop)
    mine = next(root.glob("offers/*/sku-*.yaml"))
    mine.write_text(mine.read_text("utf-8") + "# mine\n", "utf-8")
    pulling(root)
    assert mine.read_text("utf-8").endswith("# mine\n")
    assert planned(root) == []
    assert not (root / STAGING).exists()


def test_what_was_in_place_and_not_remembered_is_remembered(shop, undisturbed):
    """A pull that is killed between the two: the next one finds the documents and that they hold."""
    pulling(shop)
    for file in (shop / ".reconcile").glob("ledger.db*"):
        file.unlink()
    assert remembered(shop) == {}
    pulling(shop)
    assert remembered(shop) == undisturbed[1]
    assert Key("main", "Offer", "SKU-2") in remembered(shop)


@pytest.mark.parametrize("after", [0, 1, 9, 17])
@pytest.mark.parametrize("call", ["write_bytes", "mkdir", "rename"])
def test_a_full_disk_leaves_nothing(shop, monkeypatch, capsys, call, after):
    """One sentence, exit code 1, and the project as it was."""
    before, calls = documents(shop), 0
    real = getattr(Path, call)

    def fill(self, *arguments, **options):
        nonlocal calls
        counts = shop in self.parents and ".reconcile" not in self.relative_to(shop).parts
        calls += counts
        if counts and calls > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return real(self, *arguments, **options)

    monkeypatch.chdir(shop)
    with monkeypatch.context() as full:
        full.setattr(Path, call, fill)
        code = run(["pull"])
    shown = capsys.readouterr()
    if calls <= after:
        assert code == 0  # there are fewer folders than that
        return
    assert (code, shown.out) == (1, "")
    assert "Error: the documents cannot be written: no space left on device" in shown.err
    assert documents(shop) == before
    assert remembered(shop) == {}
    assert run(["pull"]) == 0


def test_ctrl_c_leaves_nothing(shop, monkeypatch):
    """As a full disk does."""
    before, real, calls = documents(shop), Path.rename, 0

    def interrupted(self, target):
        nonlocal calls
        calls += 1
        if calls > 9:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pulling(shop)
    assert documents(shop) == before


def test_a_file_that_appears_meanwhile_is_kept(shop, monkeypatch):
    """Nothing is overwritten, and then nothing else is written either."""
    mine = shop / "delivery" / "standard.yaml"

    def appear():
        if not mine.exists():
            mine.parent.mkdir()
            mine.write_text("kind: OfferTag\nname: Nowość\nhidden: false\n", "utf-8")

    monkeypatch.setattr(os, "sync", appear)  # when all is staged, before the first one is put in place
    with pytest.raises(RunStopped, match="delivery/standard.yaml is there already by now, so nothing was written"):
        pulling(shop)
    assert [name for name in documents(shop) if name.endswith(".yaml")] == [
        "reconcile.yaml", "delivery/standard.yaml"
    ]  # fmt: skip


def test_a_file_where_a_folder_should_be(shop, capsys, monkeypatch):
    """It is named."""
    (shop / "offers").write_text("a list of mine", "utf-8")
    before = documents(shop)
    monkeypatch.chdir(shop)
    assert run(["pull"]) == 1
    assert "cannot be written" in (said := capsys.readouterr().err)
    assert f"{shop / 'offers'}" in said
    assert documents(shop) == before


def test_two_pulls_at_once(shop):
    """The second one is told so, and touches nothing of the first."""
    before = documents(shop)
    with alone(shop), pytest.raises(Locked, match="another `reconcile pull` or `init` is at work"):
        pulling(shop)
    assert documents(shop) == before
    pulling(shop)


@pytest.mark.parametrize("replaced", [[], ["../outside.yaml"], ["../outside.yaml", "no/such.yaml"]])
def test_a_journal_leads_nowhere_else(shop, tmp_path, replaced):
    """Nothing outside of the project goes or is written, whatever a journal that came with a repository says."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (shop / STAGING).mkdir()
    (shop / STAGING / "0").write_text("theirs")
    said = {"files": {"../outside.yaml": empty}, "folders": [], "replaced": replaced}
    (shop / JOURNAL).write_text(json.dumps(said))
    pulling(shop)
    assert outside.read_text() == ""


def test_a_journal_that_is_no_journal(shop):
    """It is not guessed at."""
    (shop / STAGING).mkdir()
    (shop / JOURNAL).write_text("{")
    with pytest.raises(RunStopped, match="of a pull that was cut off cannot be read"):
        pulling(shop)


@pytest.mark.parametrize("files", [3, 14, 20])
def test_a_real_kill(shop, undisturbed, files):
    """SIGKILL as soon as so many files are there, wherever they lie: nothing in the process is asked."""
    environment = {name: value for name, value in os.environ.items() if name != "RECONCILE_SIMULATOR_RECORD"}
    with open(os.devnull, "r+b") as nothing:
        process = warm.start(["-C", str(shop), "pull"], shop, environment, (nothing, nothing, nothing))
    while process.poll() is None and seen(shop) < files:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert planned(shop) == []
    pulling(shop)
    assert (documents(shop), remembered(shop)) == undisturbed


def seen(root):
    """How many documents are staged or in place."""
    return sum(len(names) for here, _, names in os.walk(root) if not here.endswith(".reconcile"))
