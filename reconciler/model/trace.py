"""How a value came to be, step by step."""

from msgspec import Struct

from reconciler.model.marks import Mark


class TraceStep(Struct, frozen=True):
    """One step: what it comes to in words, and where it was declared. What is private is shown when asked for."""

    text: str
    mark: Mark | None = None
    private: bool = False
