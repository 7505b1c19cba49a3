"""How Etsy says no: `{"error": text}`, OAuth's two members, or a list of places (issue #622)."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.http import Refused, Reply
from reconciler.simulator.world import Json


class Refusal(Refused):
    """`{"error": text}`, the form that the description declares for every refusal."""

    def __init__(self, status: int, error: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, {"error": error}, headers=headers)


class AuthRefusal(Refusal):
    """401 and the token endpoint speak OAuth's error form (issue #519)."""

    def __init__(self, error: str, description: str, status: int = 401) -> None:
        super().__init__(status, error)
        self.error, self.description = error, description
        self.document: Any = {"error": error, "error_description": description}


class Problems(Refused):
    """`[{"path", "type", "message"}]`: what POST listings finds in the texts (issue #622)."""

    def __init__(self, *problems: Json) -> None:
        super().__init__(400, list(problems))


def problem(path: str, kind: str, message: str) -> Json:
    return {"path": f"/{path}", "type": kind, "message": message}


def at(path: str, message: str) -> Refusal:
    """A refusal that names its field (issues #419, #557)."""
    return Refusal(400, f"There was a problem with /{path} : {message}")


def missing(what: str) -> Refusal:
    return Refusal(404, f"Resource not found: {what}")


class Untouched(Exception):  # noqa: N818 - an answer, not an error of the program
    """What was done is undone, and this is answered all the same."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply
