"""specs/<marketplace>.yaml -> MarketplaceSpec: read like any document, checked, frozen at the door."""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from reconciler.documents.near import did_you_mean
from reconciler.documents.resources import schema_text, spec_text
from reconciler.documents.source import RawDocument, parse
from reconciler.model.budgets import BudgetSpec
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.modules import Module
from reconciler.model.spec import (
    Completion,
    Equality,
    FieldSpec,
    Freeze,
    Identity,
    ImageSpec,
    KindSpec,
    MarketplaceSpec,
    MarketSpec,
    OperationSpec,
    Shape,
    Type,
    ViewSpec,
    Zero,
)
from reconciler.model.values import Money

SCHEMA = "marketplace"
W = TypeVar("W", bound=Enum)


@cache
def load_spec(marketplace: str) -> MarketplaceSpec:
    """Read the packaged spec of a marketplace. LookupError when there is none; a broken one is our own bug."""
    name = f"specs/{marketplace}.yaml"
    found, problems = parse(name, spec_text(marketplace).encode())
    if problems:
        raise ValueError(f"{name}: {problems[0].summary}")
    return build(found[0].value)


def check_spec(name: str, text: bytes) -> tuple[Diagnostic, ...]:
    """Check a spec as a document: YAML, the schema's grammar, and that its words and names fit together."""
    found, problems = parse(name, text)
    if problems:
        return tuple(problems)
    if len(found) != 1:
        return (error("S101", f"{name} holds {len(found)} documents; a spec is one"),)
    raw = found[0]
    said = tuple(_grammar(raw))
    return said or tuple(_cross_checks(raw))


def _grammar(raw: RawDocument) -> Iterator[Diagnostic]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 100 ms, and only for a check

    checker = Draft202012Validator(json.loads(schema_text(SCHEMA)))
    for wrong in checker.iter_errors(raw.value):
        yield error("S102", wrong.message, mark=raw.source.mark(raw.index, tuple(wrong.absolute_path)))


def _cross_checks(raw: RawDocument) -> Iterator[Diagnostic]:
    """Every name must name something: views, operations, budgets, kinds."""
    spec = raw.value
    for kind_name, kind in spec["kinds"].items():
        where: tuple[str | int, ...] = ("kinds", kind_name)
        yield from _of_operations(raw, kind, where)
        for word in ("rename", "migrate"):
            if kind.get(word):
                yield from _named(raw, kind[word], kind["operations"], "operation", where)
        of_views = (each for view in kind["views"].values() for each in view.get("besides", ()))
        for view in (*kind.get("whole", ()), *of_views):
            yield from _named(raw, view, kind["views"], "view", where)
        for path, facts in kind["fields"].items():
            at = (*where, "fields", path)
            for view in facts["views"]:
                yield from _named(raw, view, kind["views"], "view", at)
            for operation in facts["by"]:
                yield from _named(raw, operation, kind["operations"], "operation", at)
            if facts.get("refers"):
                yield from _named(raw, facts["refers"], {*spec["kinds"], "DeliveryMethod"}, "kind", at)


def _of_operations(raw: RawDocument, kind: Any, where: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    for operation, facts in kind.get("operations", {}).items():
        if operation in kind["views"]:
            yield error(
                "S104",
                f"`{operation}` is a view and an operation of one kind: reads would be counted as writes",
                mark=raw.source.mark(raw.index, (*where, "operations", operation)),
                hint="give one of them another name",
            )
        for budget in facts["budgets"]:
            yield from _named(raw, budget, raw.value["budgets"], "budget", (*where, "operations", operation))
        for other in facts.get("besides", ()):
            known = {**kind["views"], **kind["operations"]}
            yield from _named(raw, other, known, "view or operation", (*where, "operations", operation))


def _named(
    raw: RawDocument, name: str, known: Any, what: str, where: tuple[str | int, ...]
) -> Iterator[Diagnostic]:
    if name not in known:
        yield error(
            "S103",
            f"there is no {what} `{name}`",
            mark=raw.source.mark(raw.index, where),
            hint=did_you_mean(name, known),
        )


def build(value: Mapping[str, Any]) -> MarketplaceSpec:
    """Freeze a checked spec."""
    return MarketplaceSpec(
        name=value["name"],
        title=value["title"],
        revision=value["revision"],
        source=value["source"],
        base_market=value["base_market"],
        timezone=value.get("timezone", "UTC"),
        api_key=value.get("api_key", False),
        callback=value.get("callback", "address"),
        logins=tuple(value.get("logins", ("device", "loopback"))),
        signed_hosts=tuple(value.get("signed_hosts", ())),
        images_always_resent=value["images_always_resent"],
        settling_hours=value["settling_hours"],
        list_lag_minutes=value["list_lag_minutes"],
        image_hosts=tuple(value["image_hosts"]),
        images=ImageSpec(**{**value["images"], "formats": tuple(value["images"]["formats"])}),
        marketplaces={name: MarketSpec(name=name, **facts) for name, facts in value["marketplaces"].items()},
        environments=value["environments"],
        budgets={name: BudgetSpec(name=name, **facts) for name, facts in value["budgets"].items()},
        kinds={name: _kind(name, facts) for name, facts in value["kinds"].items()},
        couplings=tuple((Module(one), Module(other)) for one, other in value.get("couplings", ())),
    )


def _kind(name: str, facts: Mapping[str, Any]) -> KindSpec:
    module = Module(facts["module"]) if "module" in facts else None
    return KindSpec(
        name=name,
        label=facts["label"],
        identity=Identity(facts["identity"]),
        deletable=facts.get("deletable", ""),
        whole=tuple(facts.get("whole") or (["detail"] if "detail" in facts["views"] else ["list"])),
        views={view: _view(name, view, each) for view, each in facts["views"].items()},
        operations={each: _operation(name, each, said) for each, said in facts.get("operations", {}).items()},
        fields={path: _field(path, each, module) for path, each in facts["fields"].items()},
        rename=facts.get("rename", ""),
        migrate=facts.get("migrate", ""),
        module=module,
        sold_days=facts.get("sold_days", 0),
        archived_days=facts.get("archived_days", 0),
        listing_hours=facts.get("listing_hours", 0),
        most=facts.get("most", 0),
        most_drafts=facts.get("most_drafts", 0),
        granted=facts.get("granted", False),
        fees={act: Money.parse(amount) for act, amount in facts.get("fees", {}).items()},
        trusted_by=facts.get("trusted_by", ""),
        implied=facts.get("implied", False),
        key_given=facts.get("key", {}).get("given", ""),
        key_max=facts.get("key", {}).get("max", 0),
        key_pattern=facts.get("key", {}).get("pattern", ""),
    )


def _view(kind: str, name: str, facts: Mapping[str, Any]) -> ViewSpec:
    lists = {"budgets": tuple(facts["budgets"])}
    lists |= {each: tuple(facts.get(each, ())) for each in ("states", "besides")}
    return ViewSpec(kind=kind, name=name, **{**facts, **lists})


def _operation(kind: str, name: str, facts: Mapping[str, Any]) -> OperationSpec:
    return OperationSpec(
        kind=kind,
        name=name,
        request=facts["request"],
        shape=Shape(facts["shape"]),
        max=facts.get("max", 1),
        completion=Completion(facts["completion"]),
        wave=facts["wave"],
        budgets=tuple(facts["budgets"]),
        told=facts.get("told", ""),
        media=facts.get("media", ""),
        refuses=tuple(facts.get("refuses", ())),
        several=facts.get("several", False),
        report_rows=facts.get("report_rows", 0),
        after_creation=facts.get("after_creation", False),
        replaces=facts.get("replaces", ""),
        one_each=facts.get("one_each", False),
        differences=facts.get("differences", False),
        besides=tuple(facts.get("besides", ())),
        fresh_seconds=facts.get("fresh_seconds", 0),
    )


def _field(path: str, facts: Mapping[str, Any], module: Module | None) -> FieldSpec:
    return FieldSpec(
        path=path,
        module=Module(facts["module"]) if "module" in facts else module,
        type=_word(Type, facts["type"]),
        equality=_word(Equality, facts.get("equality", "exact")),
        views=facts["views"],
        write=facts["write"],
        by=tuple(facts["by"]),
        join=facts.get("join", True),
        limits=facts.get("limits", {}),
        values=facts.get("values", {}),
        refers=facts.get("refers", ""),
        embeds=facts.get("embeds", ""),
        frozen=tuple(Freeze(word) for word in facts.get("frozen", ())),
        required=facts.get("required", False),
        paid=facts.get("paid", False),
        needed=facts.get("needed", False),
        cleared=facts.get("cleared"),
        refilled=facts.get("refilled", False),
        single_with=tuple(facts.get("single_with", ())),
        listed=facts.get("listed", False),
        translated=facts.get("translated", False),
        zero=Zero(facts["zero"]) if "zero" in facts else None,
        shown=facts.get("shown", ""),
        about=facts.get("about", ""),
        source=facts.get("source", ""),
    )


def _word(words: type[W], word: str) -> W:
    return words(word)
