"""What a new offer needs to be put on sale: without it, it would be left behind as a draft (#9902)."""

from collections.abc import Iterator

from reconciler.engine.known.facts import AccountFacts
from reconciler.engine.known.subject import Subject
from reconciler.model.diagnostics import Diagnostic

_STATUS, _PLACE = "stock.status", "settings.location"
#: A name under which a marketplace looks for what an offer does not name itself (#8180, #6533).
_DEFAULT = "default"
#: What a Polish place is made of besides (openapi Location).
_POLISH = ("province", "post_code")


def listing(subject: Subject, account: AccountFacts) -> Iterator[Diagnostic]:
    """Yield each field that is missing, where a new offer is declared to be on sale."""
    if not subject.is_new or subject.after.get(_STATUS) != "active":
        return
    for path, field in account.spec.kinds[subject.key.kind].fields.items():
        stands_in = field.refers and _DEFAULT in account.references.get(field.refers, {})
        if field.listed and subject.after.get(path) is None and not stands_in:
            toggle, hint = _toggle(subject, path, str(field.module))
            said = f"an offer is not put on sale without `{path}`{toggle}"
            yield subject.problem("P237", said, _STATUS, hint=hint)
    yield from _place(subject)


def _toggle(subject: Subject, path: str, module: str) -> tuple[str, str]:
    """Say why a field is not written, and what to do: it may well be declared, in a module that is not synced."""
    if subject.desired.fields.get(path) is not None:
        modules = sorted({each.partition(".")[0] for each in subject.desired.fields})
        whole = " ".join(f"--only {each}" for each in modules)
        return ", which is manual", f"name all that a creation needs with {whole}, or say `status: draft`"
    if subject.desired.unsynced.get(path) is not None:
        return ", which is off", f"let {module} be synced, or say `status: draft`"
    return "", f"declare `{path}`, or `status: draft`"


def _place(subject: Subject) -> Iterator[Diagnostic]:
    place = subject.after.get(_PLACE)
    if not place:
        return
    needed = ("city", "country", *(_POLISH if place.get("country") == "PL" else ()))
    missing = [name for name in needed if not place.get(name)]
    if missing:
        said = f"`{_PLACE}` lacks {' and '.join(missing)}, without which an offer is not put on sale"
        yield subject.problem("P237", said, _PLACE, hint="add it")
