"""How old the answers are that a plan was made of."""

from collections.abc import Mapping

from msgspec import Struct

from reconciler.model.values import Value


class Ages(Struct, frozen=True, kw_only=True):
    """Of one account: when its list was read, and when its offers were read in full. Moments are ISO, in UTC.

    `believed` are the offers of which an earlier full read was good enough, made between `oldest` and `newest`;
    both are empty without any. `read_now` are those that were read in full for this plan, `lacking` those of
    which no full read was kept, and none was made. `list_at` is empty where no list was looked at.
    """

    list_at: str = ""
    believed: int = 0
    oldest: str = ""
    newest: str = ""
    read_now: int = 0
    lacking: int = 0


def ages_to_json(ages: Ages) -> dict[str, Value]:
    """Turn ages into JSON's own types."""
    return {
        "list_at": ages.list_at or None,
        "believed": ages.believed,
        "oldest": ages.oldest or None,
        "newest": ages.newest or None,
        "read_now": ages.read_now,
        "lacking": ages.lacking,
    }


def ages_from_json(body: Mapping[str, Value]) -> Ages:
    """Read ages. TypeError or ValueError where they are none."""
    return Ages(
        list_at=str(body.get("list_at") or ""),
        believed=int(body.get("believed", 0)),
        oldest=str(body.get("oldest") or ""),
        newest=str(body.get("newest") or ""),
        read_now=int(body.get("read_now", 0)),
        lacking=int(body.get("lacking", 0)),
    )
