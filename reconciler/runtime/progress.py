"""How long work tells where it stands. The command line draws it; a test counts it."""

from typing import Protocol


class Progress(Protocol):
    """Receives the course of one command: tasks one after the other, each with its count."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task of so many steps (None: nobody knows yet)."""
        ...

    def advance(self, steps: int = 1) -> None:
        """So many more steps are done."""
        ...

    def finish(self) -> None:
        """The task is over."""
        ...

    def note(self, text: str) -> None:
        """Say one line, such as a wait for a rate limit."""
        ...


class Silent:
    """Says nothing."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin in silence."""

    def advance(self, steps: int = 1) -> None:
        """Go on in silence."""

    def finish(self) -> None:
        """End in silence."""

    def note(self, text: str) -> None:
        """Keep silent."""
