"""The files that `init --ci` writes, played: their own shell, against a marketplace, a bare repository and a forge.

Each job runs in a clone of its own, which is gone afterwards. What a forge does itself is done here by hand: it checks out
the trial merge, sets the variables, keeps what a step says is to be kept.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import warm
import yaml
from logins.conftest import KEY, VARIABLES, Market, market  # noqa: F401 - a fixture
from simulator import example

from tests.pipeline.forges.github import GitHub
from tests.pipeline.forges.gitlab import GitLab
from tests.pipeline.forges.server import serving
from tests.pipeline.forges.state import Review
from tests.pipeline.page import blocks, insist

ANNA = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *ANNA, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@dataclass
class Shop:
    """A seller: the repository on the server, a checkout of Anna's, the marketplace, and a forge."""

    folder: Path
    forge: GitHub | GitLab
    market: Market
    kind: str
    pulls: int = 0
    may_write: bool = True  # whether the token of a job does

    @property
    def anna(self) -> Path:
        return self.folder / "anna"

    @property
    def token(self) -> str:
        """What a job speaks to the forge with: GitHub's of a fork only reads, on GitLab it has none."""
        if self.may_write:
            return self.forge.token
        return self.forge.read_token if self.kind == "github" else ""

    def propose(self, **prices: str) -> tuple[int, str]:
        """A pull request that changes prices; its number and head."""
        self.pulls += 1
        git(self.anna, "checkout", "-q", "-b", f"prices-{self.pulls}", "origin/main")
        for key, price in prices.items():
            (self.anna / "offers" / f"{key}.yaml").write_text(f"kind: Offer\nname: {key}\nprice: {price} PLN\n")
        git(self.anna, "add", "-A")
        git(self.anna, "commit", "-q", "-m", f"Prices {prices}")
        git(self.anna, "push", "-q", "origin", "HEAD")
        head, base = git(self.anna, "rev-parse", "HEAD"), git(self.anna, "rev-parse", "origin/main")
        self.forge.pull(self.pulls, head_sha=head, base_sha=base, head_ref=f"prices-{self.pulls}")
        return self.pulls, head

    def merge(self, number: int) -> str:
        """Jan approves and merges it; the commit on main."""
        git(self.anna, "fetch", "-q")
        git(self.anna, "checkout", "-q", "--detach", "origin/main")
        git(self.anna, "merge", "-q", "--no-ff", "-m", f"Merge {number}", f"prices-{number}")
        git(self.anna, "push", "-q", "origin", "HEAD:main")
        git(self.anna, "fetch", "-q")
        merged, old = git(self.anna, "rev-parse", "HEAD"), self.forge.pulls[number]
        told = {"head_sha": old.head_sha, "base_sha": old.base_sha, "head_ref": old.head_ref}
        self.forge.pull(number, **told, merged_as=merged, reviews=[Review("jan")])
        return merged

    def runner(self, commit: str, base: str = "") -> Path:
        """An empty disk with a checkout of a commit; of a pull request its trial merge."""
        folder = self.folder / "runner"
        shutil.rmtree(folder, ignore_errors=True)
        git(self.folder, "clone", "-q", str(self.folder / "server.git"), str(folder))
        git(folder, "checkout", "-q", "--detach", base or commit)
        if base:
            git(folder, "merge", "-q", "--no-ff", "-m", "Trial", commit)
        return folder

    def step(self, folder: Path, do: str) -> tuple[str, dict[str, str]]:
        """The shell of a job as its file has it, and the variables that the file gives it."""
        if self.kind == "github":
            action = yaml.safe_load((folder / ".github/actions/reconcile/action.yml").read_text())
            shell = next(each for each in action["runs"]["steps"] if "$DO" in each.get("run", ""))
            inputs = {name: each.get("default", "") for name, each in action["inputs"].items()}
            inputs |= {"do": do, "account": "main", "project": ".", "version": "", "token": self.token}
            given = {
                name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda m: inputs[m[1]], text)
                for name, text in shell["env"].items()
            }
            return shell["run"], {**given, "GITHUB_ACTION_PATH": str(folder / ".github/actions/reconcile")}
        template = yaml.safe_load((folder / ".gitlab/reconcile/offers.yml").read_text())
        variables = {
            **template[".reconcile"]["variables"],
            "ACCOUNT": "main",
            **template[do].get("variables", {}),
            "RECONCILE_GITLAB_TOKEN": self.token,
        }
        return "\n".join(template[do]["script"]), variables

    def job(
        self, do: str, folder: Path, event: str, pull: int | None = None, sha: str = ""
    ) -> subprocess.Popen[bytes]:
        """Start a step in a job."""
        shell, variables = self.step(folder, do)
        source = {"pull_request": "merge_request_event"}.get(event, event) if self.kind == "gitlab" else event
        told = self.forge.environment(source, pull=pull, sha=sha)
        secrets = {
            **VARIABLES,
            "RECONCILE_MAIN_REFRESH_TOKEN": "first-refresh-token-of-the-environment",
            "RECONCILE_KEY": KEY,
        }
        if do == "validate":  # that job has none
            secrets = {}
        kept = {name: os.environ[name] for name in ("HOME", "RECONCILE_SIMULATOR_RECORD") if name in os.environ}
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                ["bash", "-e", "-o", "pipefail", "-c", shell],
                cwd=folder,
                env={**kept, **told, **secrets, **variables, "PATH": path, "PYTHONPATH": str(warm.ROOT)},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def ran(self, *arguments: object, **more: object) -> tuple[int, str]:
        """Run a step to its end."""
        code = self.job(*arguments, **more).wait(120)
        return code, (self.folder / "log").read_text()

    def keep(self, folder: Path, number: int, head: str) -> None:
        """Keep what the job says is to be kept: as GitHub's action names it, where GitLab's template has it."""
        out = folder / "reconcile" / "main"
        files = {each.name: each.read_bytes() for each in out.iterdir()}
        if self.kind == "github":
            self.forge.artifact(f"reconcile-plan-{number}-main", files, of=head)
        else:
            self.forge.artifact(
                "plan: [main]", {f"reconcile/main/{name}": data for name, data in files.items()}, of=head
            )

    def shown(self, name: str, told: str) -> None:
        """The page of the documentation shows this, by the example of GitHub."""
        if self.kind == "github":
            insist(name, told)

    def price(self) -> str:
        """What the offer costs on the marketplace."""
        body = self.market.simulator.offer_by_external_id("sklep", "SKU-1")
        return str(body["sellingMode"]["price"]["amount"])


@pytest.fixture(params=["github", "gitlab"])
def sold(request, market: Market, tmp_path: Path) -> Iterator[Shop]:  # noqa: F811
    """A project with one offer, its pipeline by `init --ci`, pushed."""
    with serving(GitHub() if request.param == "github" else GitLab()) as forge:
        shop = Shop(tmp_path, forge, market, request.param)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "server.git")], check=True)
        git(tmp_path, "clone", "-q", str(tmp_path / "server.git"), str(shop.anna))
        market.project(shop.anna, name="shop", ledger="git", guards={"price_change": 50})
        (shop.anna / "offers").mkdir()
        (shop.anna / "offers" / "SKU-1.yaml").write_text("kind: Offer\nname: SKU-1\nprice: 49.99 PLN\n")
        (shop.anna / ".gitignore").write_text(".reconcile/\n/reconcile/\n")
        code, out, err = warm.run(["init", "--ci", request.param], shop.anna, os.environ)
        assert code == 0, out + err
        shop.shown("init", out.decode())
        git(shop.anna, "add", "-A")
        git(shop.anna, "commit", "-q", "-m", "Offers")
        git(shop.anna, "push", "-q", "origin", "HEAD:main")
        git(shop.anna, "fetch", "-q")
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "reconcile"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler.cli.main "$@"\n')
        program.chmod(0o755)
        yield shop


def test_from_the_pull_request_to_the_marketplace(sold: Shop) -> None:
    """Plan, comment, merge, apply, comment in the same place, nothing left to do; and a price that moves at night."""
    number, head = sold.propose(**{"SKU-1": "55.00"})
    folder = sold.runner(head, "origin/main")
    code, told = sold.ran("validate", folder, "pull_request", pull=number)
    assert code == 0, told
    code, told = sold.ran("plan", folder, "pull_request", pull=number)
    assert code == 0, told
    (comment,) = sold.forge.comments(number)
    assert "1 to change" in comment.body
    assert "55.00 PLN" in comment.body
    assert "1 of this pull request" in comment.body
    sold.shown("comment", comment.body)
    assert {each.name for each in (folder / "reconcile" / "main").iterdir()} == {"plan.json", "report.html"}
    assert json.loads((folder / "reconcile" / "codequality.json").read_text()) == []
    sold.keep(folder, number, head)

    merged = sold.merge(number)
    code, told = sold.ran("apply", sold.runner(merged), "push", pull=number, sha=merged)
    assert code == 0, told
    assert sold.price() == "55.00"
    sold.shown("apply-job", told)
    (comment,) = sold.forge.comments(number)
    assert "Applied 1 of 1 change" in comment.body
    sold.shown("applied", comment.body)

    folder = sold.runner(merged)
    code, told = sold.ran("drift", folder, "schedule", sha=merged)
    assert (code, "No drift." in told) == (0, True), told
    run = _history(sold, folder)
    assert run["who"]["approved"] == "jan"
    sold.shown("history", _by_hand(sold, folder, "history", "show", run["id"]))
    _panel(sold, "59.00")
    code, told = sold.ran("drift", sold.runner(merged), "schedule", sha=merged)
    assert code == 2, told
    assert "55.00 PLN -> 59.00 PLN" in told
    sold.shown("drift-job", told)
    _panel(sold, "55.00")
    sold.shown("undo", _by_hand(sold, folder, "undo", run["id"][:8], "--auto-approve"))
    assert sold.price() == "49.99"


def test_a_mistake_ends_in_the_first_step(sold: Shop) -> None:
    """Without credentials: annotated at its line, kept for other programs, and said in place of the older plan."""
    number, head = sold.propose(**{"SKU-1": "55.00"})
    folder = sold.runner(head, "origin/main")
    sold.forge.comment(number, "<!-- reconcile:main -->\n### 1 to change", author=sold.forge.bot)
    (folder / "offers" / "SKU-1.yaml").write_text("kind: Offer\nname: SKU-1\npryce: 55.00 PLN\n")
    asked = len(list(sold.market.simulator.requests()))
    code, told = sold.ran("validate", folder, "pull_request", pull=number)
    assert code == 1, told
    assert len(list(sold.market.simulator.requests())) == asked
    sold.shown("validate-job", told)
    annotation = "::error file=offers/SKU-1.yaml,line=3,col=1,title=D204::"
    assert (annotation if sold.kind == "github" else "offers/SKU-1.yaml:3:1") in told
    (comment,) = sold.forge.comments(number)
    assert comment.body.startswith("<!-- reconcile:main -->\n### No plan")
    assert "- `offers/SKU-1.yaml:3:1` `D204` &#96;pryce&#96; is not a key of Offer" in comment.body
    sold.shown("mistake", comment.body)
    (quality,) = json.loads((folder / "reconcile" / "codequality.json").read_text())
    assert quality["location"] == {"path": "offers/SKU-1.yaml", "lines": {"begin": 3}}
    kept = folder / "reconcile" / "validate"
    assert {each.name for each in kept.iterdir()} == {"findings.json", "findings.sarif", "findings.xml"}
    assert json.loads((kept / "findings.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == "D204"
    assert 'failures="1"' in (kept / "findings.xml").read_text()


def test_a_fork_is_checked_and_may_write_nothing(sold: Shop) -> None:
    """Its job has neither secrets nor a token that writes: one line says so, and the mistake is what counts."""
    number, head = sold.propose(**{"SKU-1": "55.00"})
    old = sold.forge.pulls[number]
    sold.forge.pull(number, head_sha=old.head_sha, base_sha=old.base_sha, head_ref=old.head_ref, fork=True)
    folder = sold.runner(head, "origin/main")
    (folder / "offers" / "SKU-1.yaml").write_text("kind: Offer\nname: SKU-1\npryce: 55.00 PLN\n")
    sold.may_write = False
    code, told = sold.ran("validate", folder, "pull_request", pull=number)
    assert code == 1, told
    assert "No comment: the job of a fork may write none" in told
    assert ("No plan, since the merge request of a fork gets no secrets" in told) == (sold.kind == "gitlab")
    assert "Traceback" not in told
    assert not sold.forge.comments(number)


def test_a_slip_is_refused_and_said(sold: Shop) -> None:
    number, head = sold.propose(**{"SKU-1": "4.99"})
    code, told = sold.ran("plan", sold.runner(head, "origin/main"), "pull_request", pull=number)
    assert code == 3, told
    (comment,) = sold.forge.comments(number)
    assert "### Refused" in comment.body
    assert "offers/SKU-1.yaml:3" in comment.body


def test_a_mistake_takes_the_place_of_the_plan(sold: Shop) -> None:
    """An older plan must not stand there as if it were that of the last push; no step gets by."""
    number, head = sold.propose(**{"SKU-1": "55.00"})
    sold.forge.comment(number, "<!-- reconcile:main -->\n### 1 to change", author=sold.forge.bot)
    folder = sold.runner(head, "origin/main")
    (folder / "reconcile.yaml").write_text("kind: [")
    for step in ("validate", "plan"):
        code, told = sold.ran(step, folder, "pull_request", pull=number)
        assert code == 1, told
        (comment,) = sold.forge.comments(number)
        assert "### No plan" in comment.body
        assert ("reconcile.yaml:1" in comment.body) == (step == "validate")


def test_what_nobody_has_reviewed_is_not_applied(sold: Shop) -> None:
    """A push to main by hand, and a merge whose pull request has no plan of its head."""
    by_hand = git(sold.anna, "rev-parse", "origin/main")
    sold.forge.commits.add(by_hand)
    code, told = sold.ran("apply", sold.runner(by_hand), "push", sha=by_hand)
    assert code == 6, told
    assert "this commit merges no pull request: nobody has reviewed a plan of it" in told
    assert "Traceback" not in told
    number, _ = sold.propose(**{"SKU-1": "55.00"})
    merged = sold.merge(number)
    code, told = sold.ran("apply", sold.runner(merged), "push", pull=number, sha=merged)
    assert code == 6, told
    assert "kept no plan of account main" in told
    assert sold.price() == "49.99"


def test_a_runner_that_is_lost_in_the_middle(sold: Shop) -> None:
    """Killed with all its processes after its first write; the job is started again, on another machine."""
    number, head = sold.propose(**{"SKU-1": "55.00"})
    folder = sold.runner(head, "origin/main")
    sold.ran("plan", folder, "pull_request", pull=number)
    sold.keep(folder, number, head)
    merged = sold.merge(number)
    job = sold.job("apply", sold.runner(merged), "push", pull=number, sha=merged)
    until = time.monotonic() + 60
    while sold.price() != "55.00" and job.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    code, told = sold.ran("apply", sold.runner(merged), "push", pull=number, sha=merged)
    assert code == 0, told
    assert sold.price() == "55.00"
    sold.shown("lost-job", told)
    code, told = sold.ran("drift", sold.runner(merged), "schedule", sha=merged)
    assert code == 0, told


def _history(sold: Shop, folder: Path) -> dict:
    return json.loads(_by_hand(sold, folder, "history", "--json"))["runs"][0]


def _by_hand(sold: Shop, folder: Path, *arguments: str) -> str:
    """What a person sees who types this in a checkout."""
    secrets = {**VARIABLES, "RECONCILE_KEY": KEY}
    code, out, err = warm.run([*arguments], folder, {**os.environ, **secrets})
    assert code == 0, err
    return (out + (b"" if "--json" in arguments else err)).decode()


def _panel(sold: Shop, price: str) -> None:
    """Somebody changes the price in the panel."""
    sold.market.simulator.panel_edit("sklep", example.OFFER, {"sellingMode": {"price": example.money(price)}})


def test_every_block_of_the_page_is_compared() -> None:
    """A block that has a name and no run behind it would only look like output."""
    assert set(blocks()) == set(re.findall(r'shown\("([\w-]+)"', Path(__file__).read_text(encoding="utf-8")))
