"""Cases of the first law, by chance: whatever is there and whatever is declared, one apply, and nothing is left."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from torture.killing import Aim, run, shoot

from .stalls import Stall, Ware
from .stalls.base import ALLOWED
from .table import case

TITLES = ("Plain white mug", "Tall blue jug", "Tea & coffee pot", "Mug 300 ml wide")
wares = st.builds(
    dict,
    title=st.sampled_from(TITLES),
    price=st.integers(100, 9999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}"),
    pieces=st.integers(1, 12),
)
wanted = st.builds(
    lambda ware, **more: {**ware, **more}, wares, status=st.sampled_from(("active", "active", "ended"))
)
APPLY = ("apply", "--auto-approve", *ALLOWED)


@case("convergence", "From any shop, one apply makes any documents true, and nothing is left to do")
def convergence(stall: type[Stall], root: Path) -> None:
    root.mkdir(exist_ok=True)

    @settings(
        max_examples=5,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        live=st.dictionaries(st.sampled_from("ABCD"), wares, min_size=1),
        said=st.dictionaries(st.sampled_from("ABCDNM"), wanted, min_size=1),
        none=st.sets(st.sampled_from("ABCD")),
    )
    def converges(live: dict[str, dict], said: dict[str, dict], none: set[str]) -> None:
        there = [Ware(key, **each).but(title=f"{each['title']} {key}") for key, each in live.items()]
        shop = stall(Path(tempfile.mkdtemp(dir=root)) / "shop", *there)
        before = shop.look()
        declared = [
            Ware(key, **{**each, **({"pieces": 0} if key in none & live.keys() else {})})
            for key, each in said.items()
            if key in live or each["status"] == "active"
        ]
        shop.declare(*declared)
        shop.apply()
        shop.settled()
        expected = {**before, **{each.key: each for each in declared}}
        assert {key: each.sold for key, each in shop.look().items()} == {
            key: each.sold for key, each in expected.items()
        }

    converges()


@case(
    "kills",
    "Killed after each write, and at any request, it goes on: nothing is there twice, lost or paid for twice",
)
def kills(stall: type[Stall], root: Path) -> None:
    for number, aims in enumerate((_each_write(), _any_request(Random(7)))):
        shop = stall(root / str(number), *(Ware(key) for key in "ABC"))
        wanted = [
            Ware("A", title="Tall blue jug", price="21.00"),
            Ware("B", pieces=9),
            Ware("C", pieces=0),
            Ware("N"),
        ]
        shop.declare(*wanted)
        killed = sum(shoot(shop.root, aim, *APPLY) is None for aim in aims)
        assert killed >= 3
        for _ in range(4):
            code, said = run(shop.root, *APPLY)
            if code == 0 and "No changes" in said:
                break
        else:
            raise AssertionError(said)
        assert {key: each.sold for key, each in shop.look().items()} == {each.key: each.sold for each in wanted}
        assert shop.fees() == (1 if stall.fee else 0)


def _each_write() -> list[Aim]:
    """One write further each time, until an apply has fewer."""
    return [Aim(writes=1)] * 8


def _any_request(random: Random) -> list[Aim]:
    return [Aim(requests=random.randint(4, 30)) for _ in range(5)]
