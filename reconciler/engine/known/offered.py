"""What is named by an id that the marketplace gives: promotion packages, templates of size tables."""

from collections.abc import Iterator, Mapping

from reconciler.engine.known.subject import Subject
from reconciler.engine.known.words import instead
from reconciler.model.catalogue import Packages
from reconciler.model.diagnostics import Diagnostic

_PROMOTION, _TEMPLATE = "settings.promotion", "template"
_PACKAGE, _EXTRAS = "package", "extras"
_SHOWN = 8


def is_promoted(subject: Subject) -> bool:
    """Tell whether promotion would be bought."""
    return bool(subject.after.get(_PROMOTION))


def has_template(subject: Subject) -> bool:
    """Tell whether something new would be made from a template."""
    return subject.is_new and bool((subject.after.get(_TEMPLATE) or {}).get("id"))


def promotion(subject: Subject, known: Packages | None) -> Iterator[Diagnostic]:
    """Yield each promotion package that cannot be bought, or not as what it is declared; one that stays can be."""
    declared = subject.after.get(_PROMOTION)
    if known is None or not declared:
        return
    before = subject.before.get(_PROMOTION) or {}
    package = declared.get(_PACKAGE)
    if package and package not in (*known.base, before.get(_PACKAGE)):
        steps = _PROMOTION, _PACKAGE
        if package in known.extra:
            yield subject.problem(
                "P244", f"{package!r} is an extra package", *steps, hint="write it below `extras`"
            )
        else:
            yield _no_package(subject, package, known.base, *steps)
    for extra in declared.get(_EXTRAS) or ():
        if extra in (*known.extra, *(before.get(_EXTRAS) or ())):
            continue
        steps = _PROMOTION, _EXTRAS
        if extra in known.base:
            yield subject.problem("P244", f"{extra!r} is a base package", *steps, hint="write it as `package`")
        else:
            yield _no_package(subject, extra, known.extra, *steps)


def _no_package(subject: Subject, package: str, possible: tuple[str, ...], *steps: str) -> Diagnostic:
    hint = instead(package, possible, what="There are", none="there are none: leave it out")
    return subject.problem("P244", f"there is no promotion package {package!r}", *steps, hint=hint)


def template(subject: Subject, known: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """Yield an error where something new would be made from a template that is not there."""
    if known is None or not has_template(subject):
        return
    wanted = subject.after[_TEMPLATE]["id"]
    if wanted not in known:
        told = ", ".join(f"{key} ({name})" if name else key for key, name in list(known.items())[:_SHOWN])
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        said = f"there is no template {wanted} of size tables"
        yield subject.problem("P245", said, _TEMPLATE, "id", hint=f"there are {told}{more}")
