"""The requests of one account over time, counted by spans of equal width: not each request, so it stays small."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

Json = dict[str, Any]


class Timeline(Struct, frozen=True, kw_only=True):
    """What was sent in each span of `width` seconds since `began` (ISO, by the account's clock).

    `sent`: lane (`zero`, `price`, `stock`, `rest`, `resync`) -> requests a span; `again` are those among them that
    were a second try or a later one; `throttled` are answers that it was too fast. `waiting` is how many requests
    were waiting for a limit when the span ended. All have as many spans. `limits` are the limits of requests that
    they counted for: name -> requests a second, at an even rate.
    """

    account: str
    began: str
    width: int
    sent: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    again: tuple[int, ...] = ()
    throttled: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


def timeline_to_json(told: Timeline) -> Json:
    """Turn a timeline into JSON's own types."""
    return {
        "account": told.account,
        "began": told.began,
        "width": told.width,
        "sent": {lane: list(counts) for lane, counts in told.sent.items()},
        "again": list(told.again),
        "throttled": list(told.throttled),
        "waiting": list(told.waiting),
        "limits": dict(told.limits),
    }


def timeline_from_json(body: Json) -> Timeline:
    """Build a timeline from JSON. Raise ValueError where its spans do not fit together, or are no counts."""
    sent = {str(lane): tuple(counts) for lane, counts in body["sent"].items()}
    others = {name: tuple(body[name]) for name in ("again", "throttled", "waiting")}
    every = [*sent.values(), *others.values()]
    if len({len(counts) for counts in every}) > 1 or not all(
        isinstance(n, int) for counts in every for n in counts
    ):
        raise ValueError("the spans of a timeline do not fit together")
    limits = {str(name): limit for name, limit in body["limits"].items()}
    if not all(isinstance(limit, int | float) for limit in limits.values()):
        raise ValueError("a limit of a timeline is no number")
    return Timeline(
        account=body["account"], began=body["began"], width=int(body["width"]), sent=sent, limits=limits, **others
    )
