"""Which accounts a command is about: `--account` takes names, wildcards, and `!` before what to leave out."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from reconciler.documents.near import did_you_mean, listed
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.runtime.errors import BadDocuments

_NOT = "!"
#: With more accounts than this nobody reads all their names.
_FEW = 12


def chosen_accounts(patterns: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the accounts that are asked for, in the order of the project; all of them without a pattern.

    BadDocuments for a pattern that matches none, and where none is left: a mistyped name leaves nothing out.
    """
    names = tuple(known)
    wrong = [each for each in patterns if not any(fnmatchcase(name, each.removeprefix(_NOT)) for name in names)]
    if wrong:
        raise BadDocuments(tuple(_unknown(each, names) for each in wrong))
    wanted = [each for each in patterns if not each.startswith(_NOT)]
    left_out = [each.removeprefix(_NOT) for each in patterns if each.startswith(_NOT)]
    found = tuple(
        name for name in names if (not wanted or _matches(name, wanted)) and not _matches(name, left_out)
    )
    if patterns and not found:
        said = " ".join(f"--account {each}" for each in patterns)
        raise BadDocuments((error("D302", f"{said} leaves no account", hint=_all(names)),))
    return found


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns)


def _unknown(pattern: str, names: Sequence[str]) -> Diagnostic:
    plain = pattern.removeprefix(_NOT)
    wild = any(each in plain for each in "*?[")
    said = f"no account matches {plain}" if wild else f"there is no account {plain}"
    return error("D302", said, hint=did_you_mean(plain, names, otherwise=_all(names)))


def _all(names: Sequence[str]) -> str:
    if len(names) <= _FEW:
        return f"the accounts are {listed(names)}"
    return f"the accounts are {', '.join(names[:_FEW])} and {len(names) - _FEW:,} more"
