"""What a row of a list is known by, beside the full read that was made for it."""

import hashlib
from collections.abc import Mapping

import orjson

from reconciler.model.offers import EXTERNAL_ID, Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Value
from reconciler.runtime.connection.session import Session

#: What changes often, and is told by the rows themselves.
MOVING = ("price.", "stock.")


class RowDigests:
    """Digests the rows of one look. Two looks agree on a row whichever names they know: one at a few modules asks
    for fewer lists of what offers refer to.
    """

    def __init__(self, opened: Session, kind: KindSpec) -> None:
        self.kind = kind
        listed = {path: known.refers for path, known in kind.fields.items() if "list" in known.views}
        ids = {refers: _ids(opened.names.of(refers)) for refers in listed.values() if refers}
        self._ids = {path: ids[refers] for path, refers in listed.items() if refers}

    def of(self, row: Live) -> str:
        """Digest what a row shows and what moves with details; price, stock and status move on their own."""
        told = {path: value for path, value in row.fields.items() if not path.startswith(MOVING)}
        for path, ids in self._ids.items():
            if path in told:
                told[path] = _without_names(told[path], ids)
        told["first_image"] = row.facts.get("first_image")
        if self.kind.trusted_by:
            told["moved"] = row.facts.get(self.kind.trusted_by)
        told["key"] = row.facts.get(EXTERNAL_ID)
        if not self.kind.views["list"].partial:  # such a row says it at times
            told["status"] = row.fields.get("stock.status")
        return hashlib.blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def _ids(labels: Mapping[str, str]) -> dict[str, str]:
    return {label: f"#{remote_id}" for remote_id, label in labels.items()}


def _without_names(value: Value, ids: Mapping[str, str]) -> Value:
    """Return what a row refers to, by ids: one without a name is spelled so anyhow."""
    if isinstance(value, list):
        return [ids.get(each, each) if isinstance(each, str) else each for each in value]
    return ids.get(value, value) if isinstance(value, str) else value
