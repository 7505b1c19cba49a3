"""How each account of a command ended: a line of the table, and an entry of `--json`."""

from msgspec import Struct


class AccountEnd(Struct, frozen=True, kw_only=True):
    """The end of one account. `applied` is None where nothing was to be applied yet; `problem` in a few words."""

    account: str
    marketplace: str
    planned: int
    held: int
    exit_code: int
    applied: int | None = None
    problem: str = ""
