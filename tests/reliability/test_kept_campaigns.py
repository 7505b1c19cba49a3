"""A campaign that is kept round by round: interrupted, it goes on; asked for more, it plays the difference."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from torture import campaign
from torture.campaign import Progress, Series
from torture.crash import Tally
from torture.grounds import Ground


def _two_kills(_at: Ground, root: Path, seed: int, _kills: int, _ledger: str) -> Tally:
    with (root.parent / "played").open("a") as played:
        played.write(f"{seed}\n")
    return Tally(kills=2, rounds=1, applies=Counter({"ended": 2}), faults=["odd"] * (seed == 11))


def _played(folder: Path, kills: int) -> tuple[Tally, list[int]]:
    """What a campaign of so many kills came to, and the seeds of the rounds that it has played for that."""
    folder.mkdir(exist_ok=True)
    series = [Series(what="SQLite", at="toy", play=_two_kills, kills=kills, seed=10)]
    tally = campaign.play(series, folder, Progress("kills", kills), folder.parent / "kept.jsonl")["SQLite"]
    seeds = (folder / "played").read_text().split() if (folder / "played").exists() else []
    return tally, sorted(map(int, seeds))


def test_what_was_played_is_counted_and_not_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "ground", lambda _name: None)
    first, seeds = _played(tmp_path / "first", 4)
    assert first.kills >= 4
    assert (first.rounds, first.faults) == (len(seeds), ["odd"])
    with (tmp_path / "kept.jsonl").open("a") as journal:
        journal.write('{"series": "SQLite", "se')  # killed in the middle of a line
    more, later = _played(tmp_path / "more", first.kills + 3)
    assert more.kills >= first.kills + 3
    assert (more.rounds, more.faults) == (len(seeds + later), ["odd"])
    assert more.applies == Counter({"ended": more.kills})
    assert seeds + later == list(range(11, 11 + more.rounds))
    assert _played(tmp_path / "again", more.kills) == (more, [])
