"""The knobs that every practice marketplace has, with the behaviour of a real one as their default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, Self

Span = tuple[float, float]


@dataclass(frozen=True)
class Faults:
    """Trouble on demand; `faults.py` decides when each of them strikes."""

    force_status: int | None = None  # answer 429, 500 or 503 instead of serving
    force_times: int = 0  # how many further requests it strikes
    force_path: str = ""  # only requests whose path starts so
    force_method: str = ""  # only this method
    drop_after_commit: int = 0  # serve that many writes, then cut the connection before the answer
    token_requests: int | None = None  # every access token is refused after so many requests
    schedule: tuple[Mapping[str, Any], ...] = ()  # rules, first come first served; see `faults.py`


@dataclass(frozen=True)
class Sales:
    """Purchases while everything else goes on, on the marketplace's clock; every 0 seconds is never."""

    every_seconds: float = 0.0
    quantity: int = 1  # pieces of each offer; less when fewer are left
    offers: int = 1  # how many offers at a time, drawn by the seed
    login: str = ""  # only this seller's


@dataclass(frozen=True)
class Settings:
    """One frozen set of knobs; `changed` makes another. Each marketplace adds its own."""

    seed: int = 1
    list_lag_seconds: float = 0.0  # lists and their filters trail writes by so much
    clock_skew_seconds: float = 0.0  # how far the marketplace's own time is ahead of everybody else's
    image_life_seconds: float = 4 * 3600  # an unused upload expires
    auto_approve_login: str = ""  # whoever is sent to log in is taken for this seller
    withheld_scopes: frozenset[str] = frozenset()  # tokens lack these: "sale:offers:write" ...
    history: int = 20_000
    shared_history: bool = False  # requests of all processes in one table; costs a write for each
    faults: Faults = field(default_factory=Faults)
    sales: Sales = field(default_factory=Sales)

    @classmethod
    def practice(cls) -> Self:
        """What an embedded marketplace starts with."""
        return cls()

    def changed(self, knobs: Mapping[str, Any]) -> Self:
        """These settings with the named knobs set; groups are changed field by field."""
        known = {f.name for f in fields(self)}
        if unknown := set(knobs) - known:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        return replace(self, **{name: self._knob(name, value) for name, value in knobs.items()})

    def _knob(self, name: str, value: Any) -> Any:
        current = getattr(self, name)
        if is_dataclass(current) and not isinstance(current, type):
            unknown = set(value) - {f.name for f in fields(current)}
            if unknown:
                raise ValueError(f"unknown settings: {', '.join(sorted(unknown))} in {name}")
            return replace(current, **{key: _frozen(one) for key, one in value.items()})
        if isinstance(current, frozenset):
            return frozenset(value)
        return tuple(value) if isinstance(current, tuple) else value

    def as_json(self) -> dict[str, Any]:
        """All knobs, groups within groups; sets are sorted lists."""
        return {
            name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(self).items()
        }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
