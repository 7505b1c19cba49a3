"""Short ways to say changes, and what guards find in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.guard import judge
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.plan import Violation
from reconciler.model.values import Money

from .build import SPEC, key


def price(
    before: str | None, after: str, name: str = "K1", *, held: bool = False, path: str = "price.base"
) -> Change:
    """A change of one price."""
    was = Money.parse(before) if before else None
    field = FieldChange(path=path, module=Module.PRICE, before=was, after=Money.parse(after), held=held)
    verb = Verb.UPDATE if before else Verb.CREATE
    return Change(key=key(name), verb=verb, remote_id="1" if before else None, fields=(field,))


def stock(before: int, after: int, name: str) -> Change:
    """A change of one quantity."""
    field = FieldChange(path="stock.quantity", module=Module.STOCK, before=before, after=after)
    return Change(key=key(name), verb=Verb.UPDATE, remote_id=name, fields=(field,))


def end(name: str, verb: Verb = Verb.END) -> Change:
    """An end of one offer."""
    field = FieldChange(path="stock.status", module=Module.STOCK, before="active", after="ended")
    return Change(key=key(name), verb=verb, remote_id=name, fields=(field,))


def found(
    changes: list[Change],
    guards: Mapping[str, Any] | None = None,
    allow: Mapping[str, str] | None = None,
    population: int | Mapping[str, int] = 100,
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Violation, ...]:
    """Judge changes of one account."""
    by_key = labels or {}
    live = population if isinstance(population, Mapping) else {OFFER: population}
    return judge(changes, live, guards or {}, lambda k: by_key.get(k.name, {}), SPEC, allow or {})


def refused(*given: Any, **named: Any) -> set[str]:
    """The rules that refuse and that nobody has lifted."""
    return {each.rule for each in found(*given, **named) if not each.allowed}
