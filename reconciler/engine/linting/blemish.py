"""What a rule finds: one place of one cause."""

from msgspec import Struct

from reconciler.documents.effective import Effective
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.marks import Mark

#: Id of a rule -> what it looks for, and what to do about it.
RULES = {
    "L001": ("title space wasted", "say what buyers search for: the brand, what it is for, size, colour"),
    "L002": ("a GTIN that different articles share", "correct it: the marketplace takes both for one product"),
    "L003": ("a small picture", "take a larger one: enlarging this one makes it no better"),
    "L004": ("no responsible producer (GPSR)", "set `settings.producer`, in Defaults where many share one"),
    "L005": ("no safety information (GPSR)", "set `settings.safety`, in Defaults where many share it"),
    "L006": ("several offers of one product", "keep one of them, or say in which parameter they differ"),
    "L007": ("a description without text", "write a sentence: pictures are neither searched nor read out"),
    "L008": ("a price rule without floor, where others have one", "set `floor`, in Defaults where many share one"),
}


class Blemish(Struct, frozen=True, kw_only=True):
    """One place: `cause` is what it has in common with others, `finding` what is said of it alone."""

    cause: str
    finding: Diagnostic


def blemish(code: str, offer: Effective, said: str, *, cause: str = "", path: str = "name") -> Blemish:
    """Return what is found in a field of an offer."""
    mark: Mark | None = offer.document.mark("name") if path == "name" else offer.origin(path).mark
    title, hint = RULES[code]
    about = offer.key
    return Blemish(cause=cause or title, finding=warning(code, said, mark=mark, hint=hint, about=about))
