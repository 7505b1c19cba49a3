"""The resync campaign: killed and gone on with, and the look at the shop, at what was sent, and at every status told."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from torture.crash import Tally
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Json, Shop
from torture.killing import Aim, run, shoot
from torture.undoing import Touch, touch

RESYNC = ("resync", "--account", "main", "--yes")


@dataclass(frozen=True)
class Mark:
    """Where a look at what was sent begins: the size of the record, and the bulk commands there were."""

    record: int
    commands: frozenset[str]

    @classmethod
    def now(cls, made: Shop) -> Mark:
        """Everything up to here is not looked at."""
        return cls(shop_record(made.world.root).stat().st_size, frozenset(made.commands()))


def one_round(
    root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "", kills: int = 8, offers: int = 24
) -> Tally:
    """Apply, let people edit some of it, kill `resync` up to so many times, let it finish, and look.

    Some edits are of fields that the documents declare: the resync puts them back. Some are not: they stay. The
    folder stays when it is wrong.
    """
    random = Random(f"{seed}/resync/{ledger[:4]}")
    made = at.build(root, seed, offers=offers, toggled=4, project={"ledger": ledger} if ledger else None)
    tally = Tally(rounds=1)
    code, told = run(root)
    found = [] if code == 0 else [f"the apply before the resync ended with {code}: {told[-1500:]}"]
    edited = touch(made, random, 4)
    made.edit_what_is_nobodys(random)
    mark = Mark.now(made)
    seen: list[Json] = []
    code = None
    while not found and code is None and tally.kills < kills:
        code = shoot(root, Aim.at_random(random, requests=60, writes=3), *RESYNC)
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            continue
        tally.kills += 1
        found += untrue_status(made, seen, mark)
        if random.random() < 0.2:
            made.world.rest()
            made.edit_what_is_nobodys(random)
    if code is None:
        code, told = run(root, *RESYNC)
        tally.applies[f"the resync after the last shot ended with {code}"] += 1
    found += [] if code == 0 else [f"resync ended with {code}: {told[-1500:]}"]
    found += untrue_status(made, seen, mark)
    if not seen or seen[-1]["run"]["state"] != "finished":
        found.append(f"no resync is finished: {seen[-1:]}")
    found += made.faults() + unsent(made, mark, edited)
    code, told = run(root, "plan", "--refresh=full", "--detailed-exitcode")
    found += [] if code == 0 else [f"the plan after the resync ended with {code}: {told[-1500:]}"]
    tally.faults = [f"resync round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def shop_record(root: Path) -> Path:
    """Where the embedded marketplace of a project writes down what it was asked."""
    return root / ".reconcile" / "record.jsonl"


# --- the look ------------------------------------------------------------------------------------------------


def untrue_status(made: Shop, seen: list[Json], mark: Mark) -> list[str]:
    """What `resync status` says that cannot be: it goes back, is too much, or more than the marketplace was sent."""
    root = made.world.root
    code, told = run(root, "resync", "status", "--json")
    if code != 0:
        return [f"resync status ended with {code}: {told[-1500:]}"]
    latest = json.loads(told)["resyncs"]
    if not latest:
        return ["the status has forgotten the resync"] if seen else []
    now = latest[0]
    before = seen[-1] if seen else None
    seen.append(now)
    counts = now["run"]["counts"]
    found = []
    if not (0 <= now["done"] <= now["rows"] and now["done"] + now["left"] == now["rows"]):
        found.append("done and left are not the rows")
    if sum(counts.values()) != now["done"] or not 0 <= now["operations_sent"] <= now["operations"]:
        found.append("the counts do not add up")
    if now["run"]["state"] == "finished" and now["left"]:
        found.append("finished with rows left")
    if before and before["run"]["id"] == now["run"]["id"]:
        back = [name for name in ("done", "operations_sent") if now[name] < before[name]]
        back += [name for name, count in before["run"]["counts"].items() if counts[name] < count]
        found += [f"{name} went back" for name in back]
    elif before and before["run"]["state"] != "finished":
        found.append("another resync began before this one was finished")
    if counts["applied"] > sum(len(offers) for offers in sent(made, mark)):
        found.append("more rows are called applied than were sent")
    return [f"{each}: {json.dumps(now)} after {json.dumps(before)}" for each in found]


def sent(made: Shop, mark: Mark) -> Iterator[dict[str, bool]]:
    """Each write to offers that the marketplace took since then: the offers' ids, and whether it set their price.

    Bulk commands are those that the marketplace keeps: one that was taken just before the kill may be missing in
    the record, and is found by its id and not sent again. Everything else is sent again in that case.
    """
    for key, body in made.commands().items():
        if key not in mark.commands:
            yield made.commanded(body)
    with shop_record(made.world.root).open("rb") as record:
        record.seek(mark.record)
        for line in record:
            each = _read(line)
            if each["method"] != "GET" and 0 < each["status"] < 400:
                yield made.written(each)


def _read(line: bytes) -> Json:
    """One line of the record. A kill may cut one off; what follows it there is the first read of the next process."""
    try:
        each: Json = json.loads(line)
    except json.JSONDecodeError:
        return {"method": "GET", "url": ""}
    return each


def unsent(made: Shop, mark: Mark, edited: list[Touch]) -> list[str]:
    """The offers that a resync had to send and did not, and the prices that it sent though they are not synced."""
    times: Counter[str] = Counter()
    priced: set[str] = set()
    for write in sent(made, mark):
        times.update(write.keys())
        priced |= {offer for offer, price in write.items() if price}
    ids = made.ids()
    found = [f"{key} was never sent again" for key in made.resent() if not times[ids.get(key, "")]]
    found += [f"the price of {key} was written" for key, offer in ids.items() if key[0] == "T" and offer in priced]
    found += [f"the edit of {each.key} was not met" for each in edited if not times[ids[each.key]]]
    if times[ids[made.unmanaged]]:
        found.append("an offer without a document was sent")
    return found
