"""What was read and cannot be used, and whose it is: it costs what depends on it, and never counts as removed."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from posixpath import dirname
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Account, Document, Project, Unusable, folders_up, home_of
from reconciler.documents.kinds import DEFAULTS, named_kinds
from reconciler.documents.matching import chooses
from reconciler.documents.skus import sku_on, skus_of
from reconciler.documents.source import RawDocument
from reconciler.model.diagnostics import Diagnostic

#: The account of a file that no parser reads: told with its problem; nothing is concluded from it.
_ACCOUNT = re.compile(rb"^account: *[\"']?([^\s\"'#]+)[\"']?\s*$", re.MULTILINE)
_BROKEN = "its document has mistakes"
_SPOILT = "the Defaults of its folder cannot be used"


class LeftOut(Struct):
    """Collects broken documents, and files of which nobody knows what they declare.

    `spoilt` are the folders whose Defaults cannot be used, or may be among what cannot be read: what lies in them
    and below has values that nobody knows.
    """

    unread: bool = False
    spoilt: set[str] = field(default_factory=set)
    _paths: set[str] = field(default_factory=set)
    _raws: list[RawDocument] = field(default_factory=list)
    _guessed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def file(self, path: str, data: bytes) -> None:
        """Note a file that cannot be read to its end; without data none of it can, and it may be a folder."""
        self.unread = True
        self._paths.add(path)
        if DEFAULTS.encode() in data if data else path.endswith((".yaml", ".yml")):
            self.spoilt.add(dirname(path))
            accounts = set(_ACCOUNT.findall(data))
            if len(accounts) == 1:
                self._guessed[dirname(path)] = (accounts.pop().decode(errors="replace"),)

    def document(self, raw: RawDocument) -> None:
        """Note a document with mistakes."""
        self._raws.append(raw)
        self._paths.add(raw.source.path)
        if _said(raw, "kind") == DEFAULTS:
            folder = dirname(raw.source.path)
            self.spoilt.add(folder)
            self._guessed[folder] = _accounts(raw)

    def any_of(self, path: str) -> bool:
        """Tell whether something of a file was left out, or whether any file could not be read."""
        return self.unread or path in self._paths

    def names(self) -> set[tuple[str, str]]:
        """Return kind and name of the broken documents, as far as they have them."""
        return {(_said(raw, "kind"), _said(raw, "name")) for raw in self._raws}

    @property
    def of_several(self) -> frozenset[tuple[str, str]]:
        """Kind and name of the broken documents that name several accounts: they may be in any."""
        return frozenset((_said(raw, "kind"), _said(raw, "name")) for raw in self._raws if _is_of_several(raw))

    def homes(self, project: Project) -> dict[str, tuple[str, ...]]:
        """Return the accounts of folders whose Defaults cannot be used, where these name some that there are."""
        found = {
            folder: tuple(name for name in names if name in project.accounts)
            for folder, names in self._guessed.items()
        }
        return {folder: names for folder, names in found.items() if names}

    def documents(self, homes: Mapping[str, tuple[str, ...]], project: Project) -> tuple[Unusable, ...]:
        """Return the broken documents that have a name."""
        return tuple(
            Unusable(
                account=""
                if _is_of_several(raw)
                else _said(raw, "account") or home_of(homes, project, dirname(raw.source.path)),
                kind=_said(raw, "kind"),
                name=_said(raw, "name"),
                why=_BROKEN,
                adopt=_said(raw, "adopt"),
                moved_from=_text(_mapping(_mapping(raw.value).get("moved")).get("from")),
                mark=raw.source.mark(raw.index, ("name",)),
                skus=skus_of(_mapping(raw.value)),
            )
            for raw in self._raws
            if _said(raw, "kind") in named_kinds() and _said(raw, "name")
        )

    def sorted_out(self, documents: tuple[Document, ...]) -> tuple[tuple[Document, ...], tuple[Unusable, ...]]:
        """Return the documents that can be used, and those that inherit from what cannot be."""
        seen = Counter(chooses(each) for each in documents if each.kind == DEFAULTS)
        self.spoilt.update(folder for (folder, _), count in seen.items() if count > 1)
        if not self.spoilt:
            return documents, ()
        lost = [each for each in documents if each.kind in named_kinds() and self._is_spoilt(each.folder)]
        gone = {id(each) for each in lost}
        return (
            tuple(each for each in documents if id(each) not in gone),
            tuple(unusable(each, _SPOILT) for each in lost),
        )

    def _is_spoilt(self, folder: str) -> bool:
        return any(each in self.spoilt for each in folders_up(folder))


def unusable(document: Document, why: str, account: str | None = None) -> Unusable:
    """Return a document that is as it should be, and of no use all the same."""
    return Unusable(
        account=(document.account or "") if account is None else account,
        kind=document.kind,
        name=document.name,
        why=why,
        adopt=_text(document.body.get("adopt")),
        moved_from=_text(document.body.get("moved", {}).get("from")),
        mark=document.mark("name"),
        skus=skus_of(document.body),
        sku=document.sku,
    )


def with_sku(each: Unusable, account: Account) -> Unusable:
    """Return it with what it is known by on an account."""
    return replace(each, sku=sku_on(each.skus, account)) if each.skus else each


def placed(
    findings: Iterable[Diagnostic],
    homes: Mapping[str, tuple[str, ...]],
    project: Project,
    of_several: Container[tuple[str, str]],
) -> tuple[Diagnostic, ...]:
    """Give each finding about a resource without an account that of its folder; what is shared keeps none.

    `of_several` are kind and name of what cannot be used and names several accounts.
    """
    return tuple(
        each if each.about and (each.about.kind, each.about.name) in of_several else _placed(each, homes, project)
        for each in findings
    )


def _placed(each: Diagnostic, homes: Mapping[str, tuple[str, ...]], project: Project) -> Diagnostic:
    if each.about is None or each.about.account or each.mark is None:
        return each
    account = home_of(homes, project, dirname(each.mark.file))
    return replace(each, about=each.about._replace(account=account)) if account else each


def _said(raw: RawDocument, key: str) -> str:
    return _text(_mapping(raw.value).get(key))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _accounts(raw: RawDocument) -> tuple[str, ...]:
    if _said(raw, "account"):
        return (_said(raw, "account"),)
    several = _mapping(raw.value).get("accounts")
    return tuple(map(_text, several)) if isinstance(several, list) else ()


def _is_of_several(raw: RawDocument) -> bool:
    return "accounts" in _mapping(raw.value)
