"""Trouble that every practice marketplace can be told to have, and the form of a kind of action that meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Documents = list[dict[str, Any]]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Kind:
    """A kind of action: the documents that ask for it; `first` is applied before, so that there is something there."""

    documents: Documents
    first: Documents = field(default_factory=list)
    live: Mapping[str, Any] = field(default_factory=dict)


def rule(do: str, *, times: int | None = 2, method: list[str] | None = None, **more: Any) -> dict[str, Any]:
    when = {"method": method or WRITES}
    if "path" in more:
        when["path"] = more.pop("path")
    return {"faults": {"schedule": [{"do": do, "times": times, "when": when, **more}]}}


#: Name -> knobs. `without end` lasts as long as the apply does.
FAULTS: dict[str, dict[str, Any]] = {
    "429": rule("429"),
    "429 with Retry-After": rule("429", retry_after=7, penalty_seconds=7),
    "429 without end": rule("429", times=None),
    "500": rule("500"),
    "500 without end": rule("500", times=None),
    "502": rule("502", body="html"),
    "503": rule("503", body="empty"),
    "503 without end": rule("503", times=None),
    "504": rule("504"),
    "503 to reads": rule("503", times=None, ratio=0.3, method=["GET"]),
    "429 to reads": rule("429", times=3, method=["GET"]),
    "reset before": rule("drop_before"),
    "reset before without end": rule("drop_before", times=None),
    "reset after": rule("drop_after"),
    "reset after without end": rule("drop_after", times=None),
    "reset of reads": rule("drop_before", times=None, ratio=0.3, method=["GET"]),
    "slow body": rule("slow", seconds=0.05),
    "truncated": rule("truncate"),
    "truncated without end": rule("truncate", times=None),
    "garbled": rule("garble"),
    "garbled without end": rule("garble", times=None),
    "garbled reads": rule("garble", times=None, ratio=0.3, method=["GET"]),
    "401 once": rule("401", times=1),
    "401 without end": rule("401", times=None),
    "token expires": rule("expire_token", times=1),
    "clock ahead": {"clock_skew_seconds": 3600},
    "short list": rule("short_list", method=["GET"]),
    "short list without end": rule("short_list", times=None, method=["GET"]),
}


def lagging(seconds: float) -> dict[str, dict[str, Any]]:
    """The trouble of a list that trails so far, by itself and with answers that are lost."""
    lag = {"list_lag_seconds": seconds}
    return {"list lags": lag, "list lags, answers lost": lag | rule("drop_after")}
