"""The operations of the document, and finding the one that a request was meant for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from contract.document import resolve

METHODS = ("get", "put", "post", "patch", "delete", "head", "options")
UPLOAD_PREFIX = "/upload"
TEMPLATE = re.compile(r"\{([^}]+)\}")

Json = Any


def media_type(header: str) -> str:
    """The type without parameters, case or the blank that one operation of the document has inside it."""
    return header.split(";", maxsplit=1)[0].replace(" ", "").lower()


@dataclass(frozen=True)
class Operation:
    """One method on one path template, with its parts resolved."""

    method: str
    path: str
    source: Json
    document: Json
    on_upload_host: bool

    @property
    def id(self) -> str:
        return str(self.source["operationId"])

    @cached_property
    def request_body(self) -> Json | None:
        body = self.source.get("requestBody")
        return resolve(self.document, body["$ref"]) if body and "$ref" in body else body

    @cached_property
    def request_types(self) -> dict[str, Json]:
        return _by_media_type(self.request_body or {})

    def response(self, status: int) -> Json | None:
        """The declaration of a status, the operation's default, or nothing."""
        declared = self.source["responses"]
        return declared.get(str(status), declared.get("default"))

    def response_types(self, status: int) -> dict[str, Json]:
        return _by_media_type(self.response(status) or {})

    @cached_property
    def acceptable(self) -> frozenset[str]:
        """What Accept may name: the types of successful answers, or of any answer where success has no body."""
        statuses = [int(status) for status in self.source["responses"] if status.isdigit()]
        successes = {kind for status in statuses if status < 300 for kind in self.response_types(status)}
        everything = {kind for status in statuses for kind in self.response_types(status)}
        return frozenset(successes or everything or {"application/vnd.allegro.public.v1+json"})

    def parameters(self, place: str) -> dict[str, Json]:
        return {each["name"]: each for each in self.source.get("parameters", ()) if each["in"] == place}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = TEMPLATE.split(self.path)
        return re.compile("".join(re.escape(part) if at % 2 == 0 else "([^/]+)" for at, part in enumerate(parts)))

    def path_values(self, path: str) -> dict[str, str] | None:
        """The values of the path parameters when the template matches."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        return dict(zip(TEMPLATE.findall(self.path), map(unquote, found.groups()), strict=True))

    @property
    def literal_length(self) -> int:
        return len(TEMPLATE.sub("", self.path))


def _by_media_type(declaration: Json) -> dict[str, Json]:
    return {
        media_type(kind): content.get("schema", {}) for kind, content in declaration.get("content", {}).items()
    }


@dataclass(frozen=True, slots=True)
class Match:
    """The operation a request was meant for and the values in its path."""

    operation: Operation
    values: dict[str, str]


class Operations:
    """All operations; the template with the longest literal text wins."""

    def __init__(self, document: Json) -> None:
        self.all = sorted(_read(document), key=lambda operation: -operation.literal_length)
        self._by_method = {method: [each for each in self.all if each.method == method] for method in METHODS}
        self._found: dict[tuple[str, str], Match | None] = {}

    def find(self, method: str, path: str) -> Match | None:
        """The operation for a path as recorded, where the upload host shows as a prefix."""
        if (method, path) not in self._found:
            self._found[method, path] = self._search(method.lower(), path)
        return self._found[method, path]

    def _search(self, method: str, path: str) -> Match | None:
        uploads = path.startswith(UPLOAD_PREFIX + "/")
        bare = path.removeprefix(UPLOAD_PREFIX) if uploads else path
        for operation in self._by_method.get(method, ()):
            values = operation.path_values(bare) if operation.on_upload_host == uploads else None
            if values is not None:
                return Match(operation, values)
        return None


def _read(document: Json) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(method, path, item[method], document, _uploads(item[method]))


def _uploads(operation: Json) -> bool:
    return any(server["url"].startswith("https://upload.") for server in operation.get("servers", ()))
