"""The commands as processes, from an empty folder to a settled marketplace."""

import json
import subprocess
import sys

import pytest

from .running import ROOT, reconcile


@pytest.fixture
def shop(tmp_path):
    done = reconcile("init", tmp_path / "shop")
    assert done.returncode == 0, done.stderr
    return tmp_path / "shop"


def test_a_new_project_is_valid_and_explains_itself(shop):
    done = reconcile("validate", cwd=shop)
    assert (done.returncode, done.stderr.split()[0]) == (0, "Checked")
    assert done.stdout.startswith("Valid. 4 documents read, 1 offer resolved")
    offer = (shop / "offers/kubek-acme-300.yaml").read_text("utf-8")
    assert "# yaml-language-server: $schema=../schemas/offer.schema.json" in offer
    assert (shop / "schemas/offer.schema.json").is_file()
    assert ".reconcile/" in (shop / ".gitignore").read_text("utf-8")


def test_init_overwrites_nothing(shop):
    offer = shop / "offers/kubek-acme-300.yaml"
    offer.write_text("mine", "utf-8")
    done = reconcile("init", cwd=shop)
    assert offer.read_text("utf-8") == "mine"
    assert "kept   offers/kubek-acme-300.yaml" in done.stdout
    assert done.returncode == 0


def test_validate_says_where(shop):
    offer = shop / "offers/kubek-acme-300.yaml"
    offer.write_text(offer.read_text("utf-8").replace("price:", "pryce:"), "utf-8")
    done = reconcile("validate", cwd=shop)
    assert done.returncode == 1
    assert "offers/kubek-acme-300.yaml:" in done.stdout
    assert "Not valid: 1 error" in done.stdout
    body = json.loads(reconcile("validate", "--json", cwd=shop).stdout)
    assert (body["format_version"], body["valid"]) == (1, False)
    assert body["diagnostics"][0]["mark"]["file"] == "offers/kubek-acme-300.yaml"


def test_validate_counts_the_files_with_findings(shop):
    """Not the documents that are left when those with mistakes are gone."""
    for number in range(50):
        (shop / f"offers/m{number}.yaml").write_text(
            f"kind: Offer\nname: M-{number}\nprice: x\nstock: -1\n", "utf-8"
        )
    done = reconcile("validate", cwd=shop)
    assert "Not valid: 100 errors in 50 files.\n" in done.stdout


def test_no_project(tmp_path):
    done = reconcile("plan", cwd=tmp_path)
    assert done.returncode == 1
    assert "reconcile init" in done.stderr
    assert done.stdout == ""


def test_plan_save_and_refuse_what_was_altered(shop):
    """Saved, printed and shown plans are the same plan; an altered one is not applied."""
    done = reconcile("plan", "--out", "plan.json", "--detailed-exitcode", cwd=shop)
    assert done.returncode == 2, done.stderr
    assert "Plan: 2 to create." in done.stdout
    assert done.stdout.endswith("Next: reconcile apply plan.json\n")
    assert "\x1b" not in done.stdout
    saved = (shop / "plan.json").read_text("utf-8")
    (shop / "plan.json").write_text(saved.replace('"73"', '"7"').replace(":73", ":7"), "utf-8")
    altered = reconcile("apply", "plan.json", cwd=shop)
    assert altered.returncode == 1
    assert "altered" in altered.stderr
    printed = json.loads(reconcile("-C", shop, "plan", "--json").stdout)
    assert printed["digest"] == json.loads(saved)["digest"]


def test_without_yes_nothing_happens(shop):
    for answer in ("", "y\n"):
        done = reconcile("apply", cwd=shop, stdin=answer)
        assert done.returncode == 1
        assert "Not applied" in done.stderr
    assert "Plan: 2 to create." in reconcile("plan", cwd=shop).stdout


def test_a_guard_stops_it_and_shows_everything(shop):
    offer = shop / "offers/kubek-acme-300.yaml"
    offer.write_text(offer.read_text("utf-8").replace("49.99 PLN", "4.99 PLN"), "utf-8")
    for command in (["plan", "--out", "plan.json"], ["apply", "--auto-approve"], ["apply", "plan.json"]):
        done = reconcile(*command, cwd=shop)
        assert done.returncode == 3
        assert "price-floor: no price may be under 5.00 PLN" in done.stdout
        assert "--allow price-floor" in done.stdout
    for command in (["apply", "--auto-approve", "--json"], ["apply", "plan.json", "--json"]):
        done = reconcile(*command, cwd=shop)
        assert done.returncode == 3
        assert [each["rule"] for each in json.loads(done.stdout)["accounts"][0]["violations"]] == ["price-floor"]
    assert reconcile("plan", "--allow", "price-floor", cwd=shop).returncode == 0


def test_a_saved_plan_takes_no_narrowing(shop):
    reconcile("plan", "--out", "plan.json", cwd=shop)
    done = reconcile("apply", "plan.json", "--only", "price", cwd=shop)
    assert done.returncode == 64
    assert "give --target, --only and the like to `plan`" in " ".join(done.stderr.split())


def test_apply_makes_the_plan_true(shop):
    """The first law, from the outside: after a clean apply there is nothing to do."""
    reconcile("plan", "--out", "plan.json", cwd=shop)
    done = reconcile("apply", "plan.json", "--json", cwd=shop)
    assert done.returncode in (0, 5), done.stderr
    report = json.loads(done.stdout)
    assert sum(report["counts"].values()) == len(report["outcomes"]) == 2
    assert done.returncode == (0 if report["counts"]["applied"] == 2 else 5)
    after = reconcile("plan", "--detailed-exitcode", cwd=shop)
    assert after.returncode == 0
    assert "No changes. Your offers match the documents." in after.stdout


def test_schemas(tmp_path):
    names = reconcile("schema", "--list").stdout.split()
    assert {"offer", "plan", "report", "project"} <= set(names)
    assert json.loads(reconcile("schema", "DeliveryPriceList").stdout)["title"] == "DeliveryPriceList"
    assert reconcile("schema", "nonsense").returncode == 1
    assert reconcile("schema", "--write", tmp_path / "s").returncode == 0
    assert {file.name for file in (tmp_path / "s").iterdir()} == {f"{name}.schema.json" for name in names}


def test_spec(tmp_path):
    assert "price.base" in reconcile("spec", "show", "etsy").stdout
    assert "there are: allegro, ebay, etsy" in reconcile("spec", "show").stderr
    assert reconcile("spec", "show", "allegro", "--markdown").stdout.startswith("# Allegro")
    assert reconcile("spec", "show", "nowhere").returncode == 1
    assert reconcile("spec", "check").returncode == 0
    (tmp_path / "broken.yaml").write_text("kind: Marketplace\n", "utf-8")
    assert reconcile("spec", "check", tmp_path / "broken.yaml").returncode == 1


def test_a_reader_that_goes_away_is_no_bug():
    """`reconcile spec show allegro | head -1`."""
    command = f"set -o pipefail; {sys.executable} -m reconciler.cli.main spec show allegro --markdown | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.startswith("# Allegro")
    assert done.stderr == ""


def test_a_demo_goes_into_an_empty_folder_only(tmp_path):
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    done = reconcile("demo", tmp_path)
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_pull_writes_documents_and_changes_nothing(shop):
    """The account of a new project has a return policy and an implied warranty that no document describes."""
    done = reconcile("pull", "--into", shop / "pulled", "--json", cwd=shop)
    body = json.loads(done.stdout)
    assert (done.returncode, body["documents"]) == (0, {"ImpliedWarranty": 1, "ReturnPolicy": 1})
    assert all((shop / file).is_file() for file in body["files"])
    assert reconcile("validate", cwd=shop).returncode == 0
