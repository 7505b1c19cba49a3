"""What `validate` accepts is made, and then nothing is left to do: two plans are empty, the second with a full refresh."""

from __future__ import annotations

from pathlib import Path

from world import World, differences, seller, undone

from hostile.cases import CASES

#: Made together in one run: each case has a key of its own, unless the key is what it is about.
SOLD = [each for each in CASES if each.sells]


def text_of(position: int, text: str) -> str:
    return text.replace("\nname: K-1\n", f"\nname: K-{position}\n")


def test_all_accepted_offers_are_made_and_two_plans_are_empty(tmp_path: Path) -> None:
    world = World.make(tmp_path / "shop", seller([]), [])
    for position, case in enumerate(SOLD):
        folder = f"cases/{position}"
        text = text_of(position, case.text)
        for path, body in case.files.items():
            world.write(f"{folder}/{path}", body)
            text = text.replace(f"template: {path}", f"template: {folder}/{path}")
        world.write(f"{folder}/a.yaml", text)
    report = world.apply(world.plan())
    assert undone(report) == []
    assert len({each.key for each in report.outcomes}) == len(SOLD)
    for refresh in ("", "full"):
        again = world.plan(**({"refresh": refresh} if refresh else {}))
        assert differences(again) == [], refresh
        assert again.actions == ()
