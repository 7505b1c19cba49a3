"""The undo campaign: a run is undone by a process that is killed again and again, and then the shop is looked at.

The look compares the marketplace's own store with what it was before the run; the product's planner has no say in it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from torture import crash, shop
from torture.crash import Tally
from torture.killing import Aim, Process, run, shoot

#: What of an offer's body moves by itself.
_BY_ITSELF = frozenset({"updatedAt", "validation", "publication", "delivery"})
#: Ways of writing that a person in the panel may touch as well: field of the product, field of the marketplace.
_PANEL = {
    "price.base": ("sellingMode", {"price": {"amount": "88.80", "currency": "PLN"}}),
    "stock.quantity": ("stock", {"available": 33}),
    "content.title": ("name", "Kubek z panelu, poprawiony ręcznie"),
}


@dataclass(frozen=True)
class Touch:
    """A field that somebody has changed after the run: it stays as it is, and the undo says so."""

    key: str
    path: str
    part: str


@dataclass(frozen=True)
class Standing:
    """What there is before a run: offers by key, their tags, named objects, and how often each thing exists."""

    offers: Mapping[str, Mapping[str, Any]]
    tags: Mapping[str, list[str]]
    lists: Mapping[str, Any]
    census: Mapping[str, Any]


def standing(made: shop.Shop) -> Standing:
    """Look at everything that a run may write to."""
    offers = shop.by_key(made)
    with made.world.simulator() as simulator:
        census = simulator.census(made.world.login)
    rates = {name: body["rates"] for name, body in made.world.things("shipping_rates").items()}
    return Standing(offers, made.world.tags(), rates, census)


def one_round(root: Path, seed: int, *, ledger: str = "", kills: int = 8, offers: int = 24) -> Tally:
    """Apply, let people touch some of it, kill `undo` up to so many times, let it finish, and look.

    In every third shop the apply is killed too, and what it has done by then is undone. The folder stays when it is
    wrong.
    """
    random = Random(f"{seed}/undo/{ledger[:4]}")
    made = shop.build(root, seed, offers=offers, project={"ledger": ledger} if ledger else None)
    before = standing(made)
    tally = Tally(rounds=1)
    cut = seed % 3 == 2
    found = [] if cut else _applied(root)
    if cut:
        tally.applies["runs undone that were killed"] += shoot(root, Aim(writes=random.randint(3, 14))) is None
    past = latest(root)
    touched = [] if cut else touch(made, random, 3)
    command = ("undo", past, "--auto-approve")
    while not found and tally.kills < kills:
        code = shoot(root, Aim.at_random(random, requests=60, writes=4), *command)
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        tally.kills += 1
        if not cut and random.random() < 0.2:
            touched += touch(made, random, 1, touched)
    code, told = run(root, *command)
    tally.applies[f"the undo after the last shot ended with {code}"] += 1
    found += [] if code == 0 else [f"undo ended with {code}: {told[-1500:]}"]
    found += unrestored(made, before, touched) + unsaid(told, touched)
    found += _again(made, command) + _brought_back(made, touched)
    tally.faults = [f"undo round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def _applied(root: Path) -> list[str]:
    code, told = run(root)
    return [] if code == 0 else [f"the apply that is to be undone ended with {code}: {told[-1500:]}"]


def latest(root: Path) -> str:
    """The id of the latest run."""
    code, told = run(root, "history", "--json")
    runs = json.loads(told)["runs"] if code == 0 else []
    return str(runs[0]["id"]) if runs else ""


def touch(made: shop.Shop, random: Random, number: int, touched: Sequence[Touch] = ()) -> list[Touch]:
    """Somebody changes so many more of the fields that the run wrote, once what was under way has arrived."""
    could = [
        Touch(wish.key, path, _PANEL[path][0])
        for wish in made.wishes.values()
        if wish.key in made.before and not wish.picture
        for path, declared in (
            ("price.base", wish.price),
            ("stock.quantity", wish.available),
            ("content.title", wish.name),
        )
        if declared is not None
    ]
    chosen = random.sample([each for each in could if each not in touched], number)
    made.world.stored()
    for each in chosen:
        part, value = _PANEL[each.path]
        made.world.panel(made.before[each.key]["id"], {part: value})
    return chosen


# --- the look ------------------------------------------------------------------------------------------------


def unrestored(made: shop.Shop, before: Standing, touched: list[Touch]) -> list[str]:
    """Everything that is not as it was before the run, but for what people have changed since."""
    now = standing(made)
    left = {(each.key, each.part) for each in touched}
    found = [f"twice: {kind} {names}" for kind, names in now.census["duplicates"].items() if names]
    for key, body in before.offers.items():
        found += [f"{key}: {each}" for each in _moved(key, body, now.offers.get(key), left)]
    for each in touched:
        part, value = _PANEL[each.path]
        if not _within(value, now.offers[each.key][part]):
            found.append(f"{each.key}: {part} is {now.offers[each.key][part]}, and somebody had set {value}")
    for key, body in now.offers.items():
        if key not in before.offers and body["publication"]["status"] != "ENDED":
            found.append(f"{key} was created and is {body['publication']['status']}")
    wrong_tags = [offer for offer, tags in before.tags.items() if now.tags.get(offer) != tags]
    found += [f"tags of {offer} are {now.tags.get(offer)}" for offer in wrong_tags]
    found += [
        f"price list {n} is {now.lists.get(n)}" for n, rates in before.lists.items() if now.lists[n] != rates
    ]
    if now.census["bundles"] != before.census["bundles"]:
        found.append(f"bundles: {now.census['bundles']}")
    if now.census["named"]["tags"] != before.census["named"]["tags"]:
        found.append(f"tags: {now.census['named']['tags']}")
    return found


def _moved(
    key: str, then: Mapping[str, Any], now: Mapping[str, Any] | None, left: set[tuple[str, str]]
) -> list[str]:
    if now is None:
        return ["is gone"]
    parts = [part for part in then.keys() | now.keys() if part not in _BY_ITSELF and (key, part) not in left]
    found = [
        f"{part} is {now.get(part)}, not {then.get(part)}" for part in parts if now.get(part) != then.get(part)
    ]
    status, was = now["publication"]["status"], then["publication"]["status"]
    found += [f"status is {status}, not {was}"] if status != was else []
    delivery = [
        {**each["delivery"], "handlingTime": shop.days(each["delivery"]["handlingTime"])} for each in (now, then)
    ]
    return found if delivery[0] == delivery[1] else [*found, f"delivery is {delivery[0]}, not {delivery[1]}"]


def _within(value: Any, there: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_within(each, there[name]) for name, each in value.items())
    return bool(value == there)


def unsaid(told: str, touched: list[Touch]) -> list[str]:
    """What the undo could not restore and did not name."""
    lines = [line for line in told.splitlines() if "cannot be restored" in line]
    return [
        f"not a word of `{each.path}` of {each.key}, which somebody has changed"
        for each in touched
        if not any(f"`{each.path}` of {each.key} " in line for line in lines)
    ]


def _again(made: shop.Shop, command: tuple[str, ...]) -> list[str]:
    """A second undo has nothing to do, sends nothing, and calls nothing lost that it has taken away itself."""
    again = Process(made.world.root, *command)
    code = again.end()
    told = again.told()
    found = []
    if code != 0 or "Nothing to undo." not in told:
        found.append(f"the second undo ended with {code}: {told[-1500:]}")
    if again.asked()[1]:
        found.append("the second undo has sent a write")
    gone = [line for line in told.splitlines() if "it is not there any more" in line]
    return found + [f"the second undo says: {line}" for line in gone]


def _brought_back(made: shop.Shop, touched: list[Touch]) -> list[str]:
    """The documents still say it: the plan is theirs again, as changes and not as drift, and an apply makes it so.

    Of an offer that somebody has changed between the kills the row was skipped as a whole: which of its fields were
    written before, nobody knows, so they may be called drift.
    """
    code, told = run(made.world.root, "plan", "--json", "--detailed-exitcode")
    if code != 2:
        return [f"the plan after the undo ended with {code}: {told[-1500:]}"]
    found = []
    planned = {
        change["key"]["name"]: change for part in json.loads(told)["accounts"] for change in part["changes"]
    }
    found += [f"{key} is undone and not planned" for key in made.wishes if key not in planned]
    left = {each.key for each in touched}
    found += [
        f"the plan calls {each['path']} of {key} drift"
        for key, change in planned.items()
        for each in change["fields"]
        if each["drift"] and key not in left
    ]
    return found + crash.finish(made, Tally())


__all__ = ["Standing", "Touch", "one_round", "standing", "touch", "unrestored", "unsaid"]
