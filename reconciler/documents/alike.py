"""Names that people take for one, or do not see at all: two offers that nobody can tell apart are a trap."""

from collections.abc import Iterable, Iterator

from reconciler.documents.document import Document
from reconciler.documents.kinds import named_kinds
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.texts import INVISIBLE, invisible, looks


def check_alike(documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """Yield what is wrong with names of one kind and account for the eye. Equal names are another finding."""
    first: dict[tuple[str, str | None, str], tuple[Document, str]] = {}
    for document in documents:
        if document.kind not in named_kinds():
            continue
        for name in (document.name, document.sku) if document.sku else (document.name,):
            seen = looks(name)
            if not seen:
                yield _unseen(document, name)
                continue
            place = document.kind, document.account, seen
            other = first.get(place) or first.get((document.kind, None, seen))
            if other is not None and other[0] is not document and other[1] != name:
                yield _alike(document, name, *other)
            elif odd := invisible(name):
                yield warning(
                    "D533",
                    f"the {_word(document, name)} `{name}` holds {', '.join(odd)}, which nobody sees",
                    mark=_mark(document, name),
                    hint="Delete them, unless the live one bears them, too.",
                    about=_key(document),
                )
            first.setdefault(place, (document, name))


def _word(document: Document, name: str) -> str:
    return "name" if name == document.name else "sku"


def _mark(document: Document, name: str) -> Mark:
    return document.mark("name") if name == document.name else document.key_mark()


def _unseen(document: Document, name: str) -> Diagnostic:
    return error(
        "D534",
        f"the {_word(document, name)} of this {document.kind} is {', '.join(invisible(name))}, which nobody sees",
        mark=_mark(document, name),
        hint="Give it one of letters and digits.",
        about=_key(document),
    )


def _alike(document: Document, name: str, other: Document, its: str) -> Diagnostic:
    """Capitals may be meant; what nobody sees is not."""
    word = _word(document, name)
    told = f"the {word} `{name}` and `{its}`"
    detail = f"The other {other.kind} is at {_mark(other, its)}."
    mark, about = _mark(document, name), _key(document)
    if _bare(name) == _bare(its):
        odd = ", ".join(dict.fromkeys((*invisible(name), *invisible(its))))
        summary = f"{told} differ only in {odd}, which nobody sees"
        hint = f"Give one of them another {word}."
        return error("D532", summary, mark=mark, detail=detail, hint=hint, about=about)
    summary = f"{told} differ only in capitals, spaces or forms of letters"
    hint = "If they are the same, remove one; if not, another name would tell them apart."
    return warning("D531", summary, mark=mark, detail=detail, hint=hint, about=about)


def _bare(name: str) -> str:
    return INVISIBLE.sub("", name)


def _key(document: Document) -> Key | None:
    """Return the resource that a document is about, where it is one account's."""
    return document.key if document.account is not None else None
