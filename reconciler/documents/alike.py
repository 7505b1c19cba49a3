"""Names that people take for one, or do not see at all: two offers that nobody can tell apart are a trap."""

from collections.abc import Iterable, Iterator

from reconciler.documents.document import Document
from reconciler.documents.kinds import named_kinds
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.offers import Key
from reconciler.model.texts import INVISIBLE, invisible, looks


def check_alike(documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """Yield what is wrong with names of one kind and account for the eye. Equal names are another finding."""
    first: dict[tuple[str, str | None, str], Document] = {}
    for document in documents:
        if document.kind not in named_kinds():
            continue
        seen = looks(document.name)
        if not seen:
            yield _unseen(document)
            continue
        place = document.kind, document.account, seen
        other = first.get(place) or first.get((document.kind, None, seen))
        if other is not None and other.name != document.name:
            yield _alike(document, other)
        elif odd := invisible(document.name):
            yield warning(
                "D533",
                f"the name `{document.name}` holds {', '.join(odd)}, which nobody sees",
                mark=document.mark("name"),
                hint="Delete them, unless the live one bears them, too.",
                about=_key(document),
            )
        first.setdefault(place, document)


def _unseen(document: Document) -> Diagnostic:
    return error(
        "D534",
        f"the name of this {document.kind} is {', '.join(invisible(document.name))}, which nobody sees",
        mark=document.mark("name"),
        hint="Give it a name of letters and digits.",
        about=_key(document),
    )


def _alike(document: Document, other: Document) -> Diagnostic:
    """Capitals may be meant; what nobody sees is not."""
    told = f"the name `{document.name}` and `{other.name}`"
    detail = f"The other {other.kind} is at {other.mark('name')}."
    mark, about = document.mark("name"), _key(document)
    if _bare(document.name) == _bare(other.name):
        odd = ", ".join(dict.fromkeys((*invisible(document.name), *invisible(other.name))))
        summary = f"{told} differ only in {odd}, which nobody sees"
        return error("D532", summary, mark=mark, detail=detail, hint="Give one of them another name.", about=about)
    summary = f"{told} differ only in capitals, spaces or forms of letters"
    hint = "If they are the same, remove one; if not, another name would tell them apart."
    return warning("D531", summary, mark=mark, detail=detail, hint=hint, about=about)


def _bare(name: str) -> str:
    return INVISIBLE.sub("", name)


def _key(document: Document) -> Key | None:
    """Return the resource that a document is about, where it is one account's."""
    return Key(document.account, document.kind, document.name) if document.account is not None else None
