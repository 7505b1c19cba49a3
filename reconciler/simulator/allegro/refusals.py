"""How Allegro says no: a list of errors, or OAuth's form; and the media types that its answers have."""

from __future__ import annotations

from reconciler.simulator.http import Refused
from reconciler.simulator.world import Json

PUBLIC = "application/vnd.allegro.public.v1+json"
BETA = "application/vnd.allegro.beta.v1+json"


def fault(code: str, message: str, path: str | None = None, **metadata: str) -> Json:
    """One entry of `errors`."""
    return {
        "code": code,
        "message": message,
        "userMessage": message,
        "details": None,
        "path": path,
        "metadata": metadata,
    }


class Refusal(Refused):
    """An answer with one or more `errors`."""

    def __init__(self, status: int, *faults: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, {"errors": list(faults)}, headers=headers)
        self.faults = faults


class AuthRefusal(Refusal):
    """401 and the token endpoint speak OAuth's error form."""

    def __init__(self, error: str, description: str, status: int = 401) -> None:
        super().__init__(status, fault(error, description))
        self.error, self.description = error, description

    def body(self) -> Json:
        return {"error": self.error, "error_description": self.description}


def refuse(status: int, code: str, message: str, path: str | None = None, **metadata: str) -> Refusal:
    return Refusal(status, fault(code, message, path, **metadata))
