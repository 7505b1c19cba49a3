"""How often the marketplace was asked: what a test needs to say that nobody passed a limit in any second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.simulator.clock import at, iso
from reconciler.simulator.traffic import (
    CHANGES,
    FORGOTTEN,
    REFUSED,
    REQUESTS,
    RUN,
    SERVED,
    Line,
    number_of,
)
from reconciler.simulator.world import Json, World


@dataclass(frozen=True)
class Bound:
    """One limit: its bit in the records, over how many seconds it holds, how much it admits, and whose it is."""

    name: str
    bit: int
    seconds: int
    limit: int | None
    of_client: bool = False


def rate(world: World, bounds: Sequence[Bound], client: str, login: str, since: float | None) -> Json:
    """The last run (or everything since a POSIX time), of everybody or of one client or one user.

    {from, requests, refused, clients: {id: RATE}, users: {login: RATE}, limits: {name: {whose: LIMIT}}}; RATE is
    {requests, refused, max_per_second (in any sliding second), mean_per_second, max_per_minute,
    histogram: {requests in a second of the clock: how many such seconds}}; LIMIT is
    {limit, seconds, max (admitted in any sliding window of so many seconds), admitted, refused}.
    """
    began, lines = _run(world, since)
    clients, users = _names(world)
    if client:
        lines = [line for line in lines if line.client == number_of(client)]
    if login:
        wanted = {number for number, name in users.items() if name == login}
        lines = [line for line in lines if line.user in wanted]
    asked = [line for line in lines if line.what in REQUESTS]
    return {
        "from": iso(at(began)) if began else None,
        "requests": len(asked),
        "refused": sum(line.what == REFUSED for line in asked),
        "clients": {clients.get(key, f"#{key}"): _rate(own) for key, own in _grouped(asked, "client").items()},
        "users": {users.get(key, f"#{key}"): _rate(own) for key, own in _grouped(asked, "user").items()},
        "limits": _limits(bounds, lines, clients, users),
    }


def _run(world: World, since: float | None) -> tuple[float, list[Line]]:
    found: list[Line] = []
    began = 0.0
    for line in world.traffic.lines():
        if line.what == FORGOTTEN or (line.what == RUN and since is None):
            began = line.at
            found.clear()
        elif since is None or line.at >= since:
            found.append(line)
    return (since or began, found)


def _names(world: World) -> tuple[dict[int, str], dict[int, str]]:
    rows = world.store.all("SELECT id FROM clients UNION SELECT DISTINCT client FROM tokens")
    clients = {number_of(row[0]): row[0] for row in rows if row[0]}
    users = {number_of(row[0]): row[1] for row in world.store.all("SELECT id, login FROM sellers")}
    return clients, users


def _grouped(lines: Iterable[Line], part: str) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in lines:
        key = getattr(line, part)
        if key:
            found.setdefault(key, []).append(line)
    return found


def _rate(lines: list[Line]) -> Json:
    moments = [(line.at, 1) for line in lines]
    length = max(moments[-1][0] - moments[0][0], 1.0)
    seconds = Counter(int(moment) for moment, _ in moments)
    return {
        "requests": len(lines),
        "refused": sum(line.what == REFUSED for line in lines),
        "max_per_second": most_within(moments, 1),
        "mean_per_second": round(len(lines) / length, 3),
        "max_per_minute": most_within(moments, 60),
        "histogram": {str(count): times for count, times in sorted(Counter(seconds.values()).items())},
    }


def most_within(hits: list[tuple[float, int]], span: float) -> int:
    """The largest sum in any window of this length; both of its ends may not be in it at once."""
    most = total = first = 0
    for moment, size in hits:
        total += size
        while hits[first][0] <= moment - span:
            total -= hits[first][1]
            first += 1
        most = max(most, total)
    return most


def _limits(bounds: Sequence[Bound], lines: list[Line], clients: dict[int, str], users: dict[int, str]) -> Json:
    found: Json = {}
    for bound in bounds:
        meant = [line for line in lines if line.limits & bound.bit]
        names = clients if bound.of_client else users
        for key, own in _grouped(meant, "client" if bound.of_client else "user").items():
            admitted = [(line.at, line.size) for line in own if line.what in {SERVED, CHANGES}]
            found.setdefault(bound.name, {})[names.get(key, f"#{key}")] = {
                "limit": bound.limit,
                "seconds": bound.seconds,
                "max": most_within(admitted, bound.seconds),
                "admitted": sum(size for _, size in admitted),
                "refused": len(own) - len(admitted),
            }
    return found
