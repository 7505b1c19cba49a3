"""OpenAPI 3.0 schemas as JSON Schema 2020-12, closed: what the document does not name may not be sent.

Every schema comes out in two forms. The *open* form says what the schema says and is what `allOf`, `oneOf` and `anyOf`
compose. The *closed* form adds `unevaluatedProperties: false` and stands wherever a value stands: a body, a property,
an item. So a property is known when any branch of a composition names it, and unknown otherwise.

A schema with a discriminator also has a third form, *dispatched*, which sends the value to the branch its tag names.
The open form is kept for the branches themselves: they extend the base and would otherwise call it for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Schema = dict[str, Any]
Direction = Literal["request", "response"]

COMPONENT = "#/components/schemas/"
COPIED = (
    "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "format",
)  # fmt: skip
RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
HIDDEN = {"request": "readOnly", "response": "writeOnly"}
NOT_NULL = {"not": {"type": "null"}}


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts the component schemas of one document for one direction of travel."""

    components: dict[str, Schema]
    direction: Direction

    @property
    def uri(self) -> str:
        """Where the definitions of this direction are registered."""
        return f"urn:witness:{self.direction}"

    @property
    def base(self) -> str:
        return f"{self.uri}#/$defs/"

    def definitions(self) -> dict[str, Schema]:
        """All components in all their forms, to be referred to as `<base><form>.<name>`."""
        return dict(self._forms())

    def _forms(self) -> Iterator[tuple[str, Schema]]:
        for name, schema in self.components.items():
            yield f"open.{name}", self.open(schema, within=name)
            yield f"closed.{name}", self.closed({"$ref": COMPONENT + name})
            if "discriminator" in schema:
                yield f"dispatched.{name}", self._dispatched(name, schema)

    def closed(self, schema: Schema) -> Schema:
        """The schema at a position of its own; a free-form object stays free."""
        converted = self.open(schema)
        if self._is_free_form(schema):
            return converted
        return {**converted, "unevaluatedProperties": False}

    def reference(self, schema: Schema) -> Schema:
        """A short way to name the closed form of a schema that is one reference."""
        name = schema.get("$ref", "").removeprefix(COMPONENT)
        return {"$ref": f"{self.base}closed.{name}"} if name else self.closed(schema)

    def open(self, schema: Schema, within: str = "") -> Schema:
        """The schema as a part of a composition; `within` names the component it is the body of."""
        if "$ref" in schema:
            return {"$ref": self.base + self._form(schema["$ref"], within)}
        if "discriminator" in schema and not within:
            return self._nullable(schema, self._dispatch(schema, self._plain(schema, within)))
        return self._nullable(schema, self._plain(schema, within))

    def _form(self, reference: str, within: str) -> str:
        name = reference.removeprefix(COMPONENT)
        tagged = "discriminator" in self.components[name]
        return f"{'dispatched' if tagged and not self._extends(within, name) else 'open'}.{name}"

    def _extends(self, name: str, base: str) -> bool:
        """Whether a component is a branch of the base, or stands between the base and a branch of it."""
        branches = self._branches(self.components[base])
        return name in branches or any(name in self._parents(branch) for branch in branches)

    def _parents(self, name: str) -> set[str]:
        direct = {
            part["$ref"].removeprefix(COMPONENT)
            for part in self.components[name].get("allOf", ())
            if "$ref" in part
        }
        return direct.union(*(self._parents(parent) for parent in direct)) if direct else direct

    def _branches(self, schema: Schema) -> set[str]:
        return {
            reference.removeprefix(COMPONENT) for reference in schema["discriminator"].get("mapping", {}).values()
        }

    def _dispatched(self, name: str, schema: Schema) -> Schema:
        return self._nullable(schema, self._dispatch(schema, {"$ref": f"{self.base}open.{name}"}))

    def _dispatch(self, schema: Schema, base: Schema) -> Schema:
        """The base, the tag among the known ones, and for each tag the branch that it names."""
        tag, mapping = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        cases = [
            {
                "if": {"properties": {tag: {"const": value}}, "required": [tag]},
                "then": {"$ref": f"{self.base}open.{branch.removeprefix(COMPONENT)}"},
            }
            for value, branch in mapping.items()
        ]
        known = {"type": "object", "required": [tag], "properties": {tag: {"enum": list(mapping)}}}
        parts = [known, *cases] if "oneOf" in schema else [base, known, *cases]
        return {"allOf": parts}

    def _plain(self, schema: Schema, within: str) -> Schema:
        converted: Schema = {key: schema[key] for key in COPIED if key in schema}
        self._keep_type(schema, converted)
        self._keep_bounds(schema, converted)
        self._keep_object(schema, converted)
        if "items" in schema:
            converted["items"] = self.reference(schema["items"])
        if "allOf" in schema:
            converted["allOf"] = [self.open(part, self._scope(part, within)) for part in schema["allOf"]]
        if "discriminator" not in schema:
            self._keep_alternatives(schema, converted, within)
        return converted

    def _scope(self, part: Schema, within: str) -> str:
        return within if "$ref" in part or "discriminator" not in part else ""

    def _keep_alternatives(self, schema: Schema, converted: Schema, within: str) -> None:
        """Alternatives that stand alone are closed one by one, so that an unknown property tells them apart."""
        alone = not {"properties", "allOf", "additionalProperties"} & schema.keys()
        for keyword in {"oneOf", "anyOf"} & schema.keys():
            form = self.reference if alone else lambda part: self.open(part, within)
            converted[keyword] = [form(part) for part in schema[keyword]]

    def _keep_type(self, schema: Schema, converted: Schema) -> None:
        if "type" in schema:
            converted["type"] = schema["type"]
        if "enum" in schema:
            converted["enum"] = schema["enum"]

    def _keep_bounds(self, schema: Schema, converted: Schema) -> None:
        """Exclusive bounds were flags and are numbers now; the integer formats are bounds too."""
        for side, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if schema.get(exclusive) is True:
                converted[exclusive] = converted.pop(side)
        if schema.get("type") == "integer" and schema.get("format") in RANGES:
            low, high = RANGES[schema["format"]]
            converted["minimum"] = max(low, converted.get("minimum", low))
            converted["maximum"] = min(high, converted.get("maximum", high))

    def _keep_object(self, schema: Schema, converted: Schema) -> None:
        properties = {
            name: value
            for name, value in schema.get("properties", {}).items()
            if not value.get(HIDDEN[self.direction])
        }
        if properties:
            converted["properties"] = {name: self.reference(value) for name, value in properties.items()}
        if "required" in schema:
            hidden = schema.get("properties", {}).keys() - properties.keys()
            converted["required"] = [name for name in schema["required"] if name not in hidden]
        extra = schema.get("additionalProperties")
        if extra is not None:
            converted["additionalProperties"] = self.reference(extra) if isinstance(extra, dict) else extra

    def _nullable(self, schema: Schema, converted: Schema) -> Schema:
        """`nullable` admits null beside whatever the schema composes, which is what the authors mean by it."""
        if not schema.get("nullable"):
            return converted
        return {"if": NOT_NULL, "then": converted}

    def _is_free_form(self, schema: Schema, seen: frozenset[str] = frozenset()) -> bool:
        """Whether no branch of the schema names any property, so that any object may stand there."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(COMPONENT)
            return name in seen or self._is_free_form(self.components[name], seen | {name})
        if schema.get("properties") or "additionalProperties" in schema:
            return False
        parts = [part for keyword in ("allOf", "oneOf", "anyOf") for part in schema.get(keyword, ())]
        return all(self._is_free_form(part, seen) for part in parts)
