"""How findings name what is possible instead."""

from collections.abc import Iterable

from reconciler.documents.near import did_you_mean

_SHOWN = 8


def instead(word: str, options: Iterable[str], *, what: str, none: str) -> str:
    """Return what may have been meant, and the first few of what there is; names with commas are told apart."""
    names = list(dict.fromkeys(options))
    if not names:
        return none
    few = sorted(names)[:_SHOWN]
    shown = ", ".join(f"`{each}`" if any("," in name for name in few) else each for each in few)
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{did_you_mean(word, names)} {what} {shown}{more}".strip()
