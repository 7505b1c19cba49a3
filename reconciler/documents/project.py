"""`reconcile.yaml` -> Project."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from reconciler.documents.document import Account, Document, Project
from reconciler.documents.shorthand import guards, sync
from reconciler.documents.source import parse
from reconciler.model.modules import Mode, Module


def project_of(document: Document) -> Project:
    """Return the typed project of a valid Project document."""
    body = document.body
    common = guards(body.get("guards", {}))
    accounts = {name: _account(name, said, common, document) for name, said in body["accounts"].items()}
    return Project(
        name=document.name,
        accounts=accounts,
        sync=modes(body.get("sync", {})),
        protect=body.get("protect"),
        guards=common,
        plans_expire=_age(body.get("plans", {}).get("expire", "7d")),
        ledger=body.get("ledger", Project().ledger),
        document=document,
    )


def _account(name: str, said: Mapping[str, Any], common: Mapping[str, Any], document: Document) -> Account:
    return Account(
        name=name,
        marketplace=said["marketplace"],
        environment=said["environment"],
        login=str(said["login"]),
        sync=modes(sync(said.get("sync", {}))),
        guards=_guards(common, guards(said.get("guards", {}))),
        credentials=said.get("credentials", {}),
        protect=said.get("protect"),
        mark=document.source.mark(document.index, ("accounts", name), key=True),
        project=document.name,
        timezone=said.get("timezone", ""),
        market=said.get("market", ""),
        zero=said.get("zero", ""),
    )


def _age(said: str) -> timedelta | None:
    """Return `12h` and `7d` as a time; None for `off`."""
    if said == "off":
        return None
    number = int(said[:-1])
    return timedelta(hours=number) if said.endswith("h") else timedelta(days=number)


def _guards(common: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The account's limits win one by one; its rows for labels come last, where they win as well."""
    merged = {**common, **own}
    rows = [*common.get("labels", []), *own.get("labels", [])]
    return {**merged, "labels": rows} if rows else merged


def modes(said: Mapping[str, str]) -> dict[Module, Mode]:
    """Return toggles in long form as their types."""
    return {Module(module): Mode(mode) for module, mode in said.items()}


def ignored(path: str, data: bytes) -> tuple[str, ...]:
    """Return the patterns of `ignore:` in a project file, none when it cannot be read.

    The workspace needs them before anything is checked; what is wrong with the file `load` will say.
    """
    found, _ = parse(path, data)
    said = found[0].value.get("ignore") if found and isinstance(found[0].value, dict) else None
    return tuple(word for word in said if isinstance(word, str)) if isinstance(said, list) else ()
