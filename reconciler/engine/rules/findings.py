"""Mistakes in rules: each told once for the place where it stands, however many offers inherit it."""

from msgspec import Struct, field

from reconciler.documents.effective import Effective
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.offers import Key


def key_of(effective: Effective) -> Key:
    """Return the key of a document in its account."""
    return effective.key


class Told(Struct, frozen=True):
    """Collects findings. The first offer that has a mistake stands for all: theirs stay as they are, too."""

    found: dict[tuple[str, Mark | None, str], Diagnostic] = field(default_factory=dict)

    def error(
        self,
        code: str,
        summary: str,
        offer: Effective,
        path: str,
        *,
        hint: str = "",
        detail: str = "",
        offset: int | None = None,
    ) -> None:
        """Tell of a mistake at a field's place, or so many characters into its text."""
        mark = offer.origin(path).mark if offset is None else offer.within(path, offset)
        made = error(code, summary, mark=mark, hint=hint, detail=detail, about=key_of(offer))
        self.found.setdefault((code, mark, summary), made)

    def note(self, made: Diagnostic) -> None:
        """Tell of something else."""
        self.found.setdefault((made.code, made.mark, made.summary), made)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All of it, in the order in which it was found."""
        return tuple(self.found.values())
