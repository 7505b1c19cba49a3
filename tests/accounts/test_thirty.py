"""Thirty accounts, five of them broken in five ways: 25 are applied, 5 are explained, in one table."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import world
from world import World

from accounts.market import many
from reconciler.cli.main import run

OFFERS = 20
NAMES = [f"k{number:02}" for number in range(1, 31)]
BROKEN = {
    "k03": (4, "token"),  # a login that the marketplace does not know
    "k08": (3, "price-change"),
    "k13": (1, "k13/offers.yaml"),
    "k19": (1, "D204"),
    "k27": (1, "502"),
}
Asked = Callable[..., tuple[int, str, str]]


def price(name: str, number: int) -> str:
    """A guard stops a price with the point in the wrong place."""
    return "4.99 PLN" if name == "k08" and number == 7 else "52 PLN"


def offers_of(name: str) -> str:
    """The documents of an account, one file; with the typo, and the mistake, of those that have one."""
    bodies: list[dict[str, Any]] = [world.offer(f"{name}-{n}", price=price(name, n)) for n in range(OFFERS)]
    if name == "k19":
        bodies[4]["prise"] = "52 PLN"
    texts = [json.dumps(body, ensure_ascii=False) for body in bodies]
    return "\n---\n".join(["name: [" if name == "k13" else "# all offers", *texts])


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Thirty sellers of twenty offers on one practice marketplace, and a project of as many accounts and folders."""
    texts = {name: offers_of(name) for name in NAMES}
    made = many(tmp_path_factory.mktemp("thirty"), NAMES, OFFERS, texts, k03={"login": "s00"})
    down = {"do": "502", "body": "html", "times": None, "when": {"login": "s27"}}
    made.set(faults={"schedule": [down]})
    return made


@pytest.fixture
def asked(seeded: World, capsys: pytest.CaptureFixture[str]) -> Asked:
    """One command of this process, in the project: its exit code, stdout and stderr."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["-C", str(seeded.root), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return ask


def test_one_account_does_not_care_for_the_others(asked: Asked) -> None:
    """`--account k05`: the typo in k13's folder is in nobody's way; one line says that it is there."""
    code, out, _ = asked("plan", "--account", "k05")
    assert code == 0, out
    assert "D105" not in out
    assert "note[P113]: 2 files of other accounts" in out
    assert "left out with mistakes; this plan does not need them" in out
    assert "k13" not in out
    assert asked("validate", "--account", "k05")[0] == 0
    assert asked("validate", "--account", "k13")[0] == 1


@pytest.mark.parametrize(
    ("patterns", "code", "said"),
    [
        (["k0[56]"], 0, "2 accounts"),
        (["k0?", "!k03", "!k08"], 0, "7 accounts"),
        (["!k*"], 1, "leaves no account"),
        (["k005"], 1, "Did you mean `k05`?"),
        (["x*"], 1, "no account matches x*"),
        (["k05", "!k77"], 1, "there is no account k77"),
    ],
)
def test_accounts_are_chosen_by_names_wildcards_and_exclusions(
    asked: Asked, patterns: list[str], code: int, said: str
) -> None:
    """What matches nothing is an error with near names."""
    ended, out, err = asked("plan", *(part for each in patterns for part in ("--account", each)))
    assert ended == code, out + err
    assert said in out + err


def test_25_are_applied_and_5_explained_in_one_table(asked: Asked, seeded: World) -> None:
    """Plan, apply, and look: the exit code is that of the worst, and every account has its line."""
    code, out, _ = asked("plan")
    assert code == 4
    ends = _ends(out)
    assert list(ends) == NAMES
    assert {name: each for name, each in ends.items() if each[0] != "0"} == {
        name: (str(code), ends[name][1]) for name, (code, _) in BROKEN.items()
    }
    assert all(words in ends[name][1] for name, (_, words) in BROKEN.items()), ends
    assert "30 accounts, 5 with problems." in out

    code, text, _ = asked("apply", "--auto-approve", "--json")
    assert code == 4
    report = json.loads(text)
    codes = {each["account"]: each["exit_code"] for each in report["ends"]}
    assert {name: code for name, code in codes.items() if code} == {
        "k03": 4,
        "k08": 3,
        "k13": 5,
        "k19": 5,
        "k27": 5,
    }
    applied = {each["account"]: each["applied"] for each in report["ends"]}
    assert applied == dict.fromkeys(NAMES, OFFERS) | {"k03": 0, "k08": 0, "k13": 0, "k19": OFFERS - 1, "k27": 0}
    assert {each["account"]: each["reason"] for each in report["stops"]} == {
        "k03": "authentication",
        "k08": "guard",
        "k27": "failed",
    }
    with seeded.simulator() as simulator:
        prices = {
            body["external"]["id"]: body["sellingMode"]["price"]["amount"]
            for place in range(1, 31)
            for body in simulator.offers(f"s{place:02}")
        }
        states = {body["publication"]["status"] for p in range(1, 31) for body in simulator.offers(f"s{p:02}")}
    assert sum(value == "52.00" for value in prices.values()) == 25 * OFFERS + OFFERS - 1
    assert states == {"ACTIVE"}


def _ends(out: str) -> dict[str, tuple[str, str]]:
    """The exit code and the problem of each line of the table."""
    table = out[out.index("account  marketplace") :].splitlines()[1:]
    rows = [line.split(None, 5) for line in table if line.startswith("k")]
    return {row[0]: (row[4], row[5] if len(row) > 5 else "") for row in rows}
