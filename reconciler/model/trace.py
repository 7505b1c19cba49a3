"""How a value came to be, step by step."""

from dataclasses import dataclass

from reconciler.model.marks import Mark


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: what it comes to in words, and where it was declared. What is private is shown when asked for."""

    text: str
    mark: Mark | None = None
    private: bool = False
