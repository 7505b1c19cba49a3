"""How a value came about: the lines that `explain` prints under it."""

from dataclasses import dataclass

from reconciler.model.marks import Mark


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what was done, and where that is written. Of a `private` one something may be hidden."""

    text: str
    mark: Mark | None = None
    private: bool = False
