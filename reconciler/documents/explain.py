"""Why a document is bad, in words: what, where, why and what to do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.documents.findings import Findings
from reconciler.documents.kinds import DEFAULTS, TEMPLATE
from reconciler.documents.near import did_you_mean, listed, nearest
from reconciler.documents.schema import explainer
from reconciler.documents.skus import SKU
from reconciler.documents.slips import slip_in
from reconciler.documents.source import RawDocument
from reconciler.model.diagnostics import Diagnostic, error

#: Who writes an address may write a login into it, wherever it stands.
_LOGIN = re.compile(r"//.*@", re.DOTALL)
_TYPES = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def explain(raw: RawDocument, kind: str, findings: Findings) -> None:
    """Add one diagnostic for each thing that the schema of `kind` refuses, as far as there is room."""
    explained = False
    for wrong in explainer(kind).iter_errors(raw.value):
        explained = True
        if findings.is_enough(raw.source.path):
            break
        if wrong.validator == "additionalProperties" and "propertyNames" not in wrong.absolute_schema_path:
            every: Iterable[Diagnostic] = _unknown_keys(raw, kind, tuple(wrong.absolute_path), wrong, findings)
        else:
            every = _explain(raw, kind, wrong) if findings.has_room(raw.source.path) else ()
        for each in every:
            findings.add(each)
    if not explained:
        findings.add(_unexplained(raw, kind))


def _explain(raw: RawDocument, kind: str, wrong: Any) -> Iterator[Diagnostic]:
    path = tuple(wrong.absolute_path)
    if "propertyNames" in wrong.absolute_schema_path:
        yield _key_name(raw, path, wrong)
        return
    match wrong.validator:
        case "required":
            yield from _missing_keys(raw, kind, path, wrong)
        case "dependentRequired":
            yield _value(raw, "D205", path, f"{_name(path, kind)} is incomplete: {_dependent(wrong)}", wrong)
        case "type":
            summary = f"{_name(path, kind)} must be {_type(wrong)}, not {_is(wrong.instance, path)}"
            yield _value(raw, "D206", path, summary, wrong)
        case "enum" | "const" | "pattern" | "false":
            yield _value(raw, "D207", path, _not_allowed(kind, path, wrong), wrong)
        case _:
            yield _value(raw, "D208", path, f"{_name(path, kind)} {_limit(wrong)}", wrong)


def _unknown_keys(
    raw: RawDocument, kind: str, path: tuple[Any, ...], wrong: Any, findings: Findings
) -> Iterator[Diagnostic]:
    known = wrong.schema.get("properties", {})
    where = f"of {_name(path, kind)}"
    for key in wrong.instance:
        if key in known or _matches_pattern(wrong.schema, key) or not findings.has_room(raw.source.path):
            continue
        hint = _key_hint(kind, key, wrong.schema)
        mark = raw.source.mark(raw.index, (*path, key), key=True)
        yield error("D204", f"`{key}` is not a key {where}", mark=mark, hint=hint)


def _missing_keys(raw: RawDocument, kind: str, path: tuple[Any, ...], wrong: Any) -> Iterator[Diagnostic]:
    """jsonschema reports each missing key by itself; its name is in the message only, so we look again."""
    missing = next((key for key in wrong.validator_value if wrong.message.startswith(f"'{key}'")), None)
    if missing is None:
        return
    words = wrong.schema.get("errorMessage") or f"`{missing}`"
    mark = raw.source.mark(raw.index, path, key=True)
    example = _example(wrong.schema.get("properties", {}).get(missing, {}))
    hint = f"Add it, for example: {missing}: {example}" if example else f"Add `{missing}:`."
    near = nearest(missing, [k for k in wrong.instance if k not in wrong.schema.get("properties", {})])
    if near:
        hint = f"Did you mean it where you wrote `{near}`?"
    yield error("D205", f"{words} is missing from {_name(path, kind)}", mark=mark, hint=hint)


def _key_name(raw: RawDocument, path: tuple[Any, ...], wrong: Any) -> Diagnostic:
    rule = wrong.schema.get("patternErrorMessage", "another word")
    key = str(wrong.instance)
    mark = raw.source.mark(raw.index, (*path, key), key=True)
    return error("D204", f"the key `{_short(key)}` must be {rule}", mark=mark, hint=slip_in(f"{key}:"))


def _key_hint(kind: str, key: str, schema: Mapping[str, Any]) -> str:
    if kind == DEFAULTS and key in {"account", "labels", "match", "sync"}:
        return f"Write `{key}:` at the left edge of the document: it holds for all kinds in the folder."
    if kind in (DEFAULTS, TEMPLATE) and key == SKU:
        return "A sku is of one offer: write it in the document of that."
    if slip := slip_in(f"{key}:"):
        return slip
    if _matches_pattern(schema, key.upper()):
        return f"Did you mean `{key.upper()}`?"
    known = schema.get("properties", {})
    return did_you_mean(key, known, otherwise=f"Its keys are {', '.join(known)}." if known else "")


def _unexplained(raw: RawDocument, kind: str) -> Diagnostic:
    """The two validators disagree, which is a mistake of ours; the document is refused all the same."""
    summary = f"this {kind} does not follow its schema"
    return error("D209", summary, mark=raw.source.mark(raw.index, ()), hint="Please report this document.")


def _not_allowed(kind: str, path: tuple[Any, ...], wrong: Any) -> str:
    schema = wrong.schema
    said = "" if _is_secret(path) else f", not {_shown(wrong.instance)}"
    if wrong.validator == "pattern" and "patternErrorMessage" in schema:
        return f"{_name(path, kind)} must be {schema['patternErrorMessage']}{said}"
    if "errorMessage" in schema:
        return f"{_name(path, kind)} must be {schema['errorMessage']}"
    if wrong.validator == "enum":
        words = listed(_word(option) for option in wrong.validator_value if not isinstance(option, bool))
        return f"{_name(path, kind)} must be {words}{said}"
    return f"{_name(path, kind)} is not what it must be{said}"


def _limit(wrong: Any) -> str:
    limit, found = wrong.validator_value, wrong.instance
    if "errorMessage" in wrong.schema:
        return f"must be {wrong.schema['errorMessage']}"
    match wrong.validator:
        case "minLength":
            return "must not be empty" if limit == 1 else f"must have at least {limit} characters"
        case "maxLength":
            return f"has {len(found)} characters; at most {limit} are allowed"
        case "minimum":
            return f"must be at least {limit}, not {found}"
        case "maximum":
            return f"must be at most {limit}, not {found}"
        case "minItems" | "minProperties":
            return "must not be empty" if limit == 1 else f"must have at least {limit} entries"
        case "maxItems" | "maxProperties":
            return f"has {len(found)} entries; at most {limit} are allowed"
        case "uniqueItems":
            return "names the same thing twice"
    return "is not what it must be"


def _value(raw: RawDocument, code: str, path: tuple[Any, ...], summary: str, wrong: Any) -> Diagnostic:
    schema = wrong.schema
    hint = ""
    if wrong.validator == "enum" and isinstance(wrong.instance, str):
        hint = did_you_mean(wrong.instance, [_word(option) for option in wrong.validator_value])
    if wrong.validator == "type" and not _is_secret(path):
        hint = slip_in(_glued(path, wrong.instance))
    if not hint and (example := _example(schema)):
        hint = f"For example: {_key(path)}{example}"
    detail = str(schema.get("description", "")) if "$schema" not in schema else ""
    return error(code, summary, mark=raw.source.mark(raw.index, path), detail=detail, hint=hint)


def _glued(path: tuple[Any, ...], value: Any) -> str:
    """Return what may be a key and its value in one word: a text instead of keys, or a key without value."""
    return value if isinstance(value, str) else str(path[-1]) if path and value is None else ""


def _dependent(wrong: Any) -> str:
    for key, needed in wrong.validator_value.items():
        missing = [other for other in needed if other not in wrong.instance]
        if key in wrong.instance and missing:
            return f"`{key}` needs `{missing[0]}` beside it"
    return "a key is missing"


def _type(wrong: Any) -> str:
    kinds = [wrong.validator_value] if isinstance(wrong.validator_value, str) else list(wrong.validator_value)
    words = [_TYPES[kind] for kind in kinds if not (kind == "integer" and "string" in kinds)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _is(value: Any, path: tuple[Any, ...]) -> str:
    match value:
        case None:
            return "null (nothing is written after the colon)" if path else "nothing"
        case bool():
            return _word(value)
        case int() | Decimal():
            return f"the number {value}"
        case str():
            return "text" if _is_secret(path) else f"the text {_shown(value)}"
        case Mapping():
            return "a mapping"
    return "a list"


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples", [])
    return _flow(examples[0]) if examples else ""


def _flow(value: Any) -> str:
    """Write an example as YAML has it on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return f"[{', '.join(_flow(inner) for inner in value)}]"
        case str() if value.replace(".", "").isdigit():
            return f'"{value}"'
    return _word(value)


def _name(path: tuple[Any, ...], kind: str) -> str:
    if not path:
        return kind
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"`{text.removeprefix('.')}`"


def _key(path: tuple[Any, ...]) -> str:
    return f"{path[-1]}: " if path and isinstance(path[-1], str) else ""


def _is_secret(path: tuple[Any, ...]) -> bool:
    """A secret that was pasted instead of a variable's name must not reach a log."""
    return "credentials" in path


def _matches_pattern(schema: Mapping[str, Any], key: str) -> bool:
    return any(re.search(pattern, key) for pattern in schema.get("patternProperties", {}))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _shown(value: Any) -> str:
    return f"`{_short(_LOGIN.sub('//***@', _word(value)))}`"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
