"""What the files of a pipeline ask of a forge: rights, secrets, and actions by their commits. Nothing runs here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WRITES = {"contents": "write", "pull-requests": "write", "actions": "read"}


def github() -> dict[str, Any]:
    text = (ROOT / "ci/github.yml").read_text().replace("@CREDENTIALS@", "SECRET: ${{ secrets.SECRET }}")
    return yaml.safe_load(re.sub(r"@[A-Z]+@", "x", text))


def gitlab() -> dict[str, Any]:
    return yaml.safe_load(re.sub(r"@[A-Z]+@", "x", (ROOT / "ci/gitlab.yml").read_text()))


def test_every_action_is_named_by_its_commit() -> None:
    """A tag can be moved; a version stands beside it for who reads."""
    used = re.findall(
        r"uses: (\S+)(.*)", "".join((ROOT / name).read_text() for name in ("action.yml", "ci/github.yml"))
    )
    others = [(name, comment) for name, comment in used if not name.startswith("./")]
    assert len(others) >= 8
    for name, comment in others:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), name


def test_each_job_has_the_rights_that_it_needs_and_no_others() -> None:
    file = github()
    rights = {name: job.get("permissions", {}) for name, job in file["jobs"].items()}
    assert file["permissions"] == {}
    assert rights == {
        "validate": {"contents": "read", "pull-requests": "write"},
        "plan": WRITES,
        "offers": {},
        "apply": WRITES,
        "drift": {"contents": "write"},
    }


def test_only_who_asks_the_marketplace_has_credentials() -> None:
    """And only an apply has those that write."""
    jobs = github()["jobs"]
    places = {name: job.get("environment") for name, job in jobs.items()}
    reads, writes = "marketplace-read", "marketplace-write"
    assert places == {"validate": None, "plan": reads, "offers": None, "apply": writes, "drift": reads}
    assert {name for name, job in jobs.items() if "${{ secrets." in str(job)} == {"plan", "apply", "drift"}
    told = gitlab()
    found = {
        name: told[name].get("environment", {}).get("name") for name in ("validate", "plan", "apply", "drift")
    }
    assert found == {"validate": None, "plan": reads, "apply": writes, "drift": reads}


def test_a_plan_comes_after_valid_documents_and_never_for_a_fork() -> None:
    plan = github()["jobs"]["plan"]
    assert plan["needs"] == "validate"
    assert "head.repo.full_name == github.repository" in plan["if"]
    job = gitlab()["plan"]
    assert [each["job"] for each in job["needs"]] == ["validate"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in job["rules"][0]["if"]


KEPT = ["cache.db", "rests"]


def test_what_was_read_is_kept_between_jobs_and_nothing_else_is() -> None:
    """Not the ledger, and no key: these go another way. Jobs of pull requests leave nothing to those of the branch."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    uses = [each.get("uses", each.get("run", "")).partition("@")[0] for each in steps]
    ran = next(number for number, each in enumerate(uses) if "GITHUB_ACTION_PATH" in each)
    restored, saved = (uses.index(f"actions/cache/{each}") for each in ("restore", "save"))
    assert restored < ran < saved
    for number in (restored, saved):
        paths = steps[number]["with"]["path"].split("\n")
        assert [each.rpartition(".reconcile/")[2] for each in paths if each.strip()] == KEPT
        assert "inputs.account" in steps[number]["with"]["key"]
    saves = {each for each in ("validate", "plan", "apply", "drift") if f"'{each}'" in steps[saved]["if"]}
    assert saves == {"apply", "drift"}
    assert "github.event.repository.private" in steps[saved]["if"], "the job of a fork could read it"
    assert "validate" in steps[restored]["if"], "who checks documents has no account"
    told = gitlab()
    assert [each.rpartition("/")[2] for each in told[".account"]["cache"]["paths"]] == KEPT
    assert "$ACCOUNT" in told[".account"]["cache"]["key"]
    assert all("cache" not in told[each] for each in (".reconcile", "validate"))


def test_gitlab_reads_code_quality_and_tests() -> None:
    told = gitlab()
    assert set(told["validate"]["artifacts"]["reports"]) == {"junit", "codequality"}
    assert set(told["plan"]["artifacts"]["reports"]) == {"codequality"}
