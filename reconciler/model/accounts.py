"""How each account of a command ended: a line of the table, and an entry of `--json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnd:
    """The end of one account. `applied` is None where nothing was to be applied yet; `problem` in a few words."""

    account: str
    marketplace: str
    planned: int
    held: int
    exit_code: int
    applied: int | None = None
    problem: str = ""
