"""`lint`: what is allowed in documents and still a pity, by cause. Nothing is asked and nothing sent."""

from collections.abc import Sequence

from msgspec import Struct

from reconciler.documents.layers import effective
from reconciler.documents.markets import on_site
from reconciler.documents.specs import load_spec
from reconciler.documents.templates import Renderer
from reconciler.engine.linting.blemish import Blemish
from reconciler.engine.linting.rules import PictureOf, blemishes
from reconciler.engine.linting.switches import not_ignored, switched_on
from reconciler.engine.pictures import Picture
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.runtime.collector import collector_off
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.choosing import chosen_accounts
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace


class Cause(Struct, frozen=True, kw_only=True):
    """What several places have in common: the rule, and the findings in reading order."""

    code: str
    cause: str
    findings: tuple[Diagnostic, ...]


class Linted(Struct, frozen=True, kw_only=True):
    """The causes in the order of their rules, how many places comments ignore, how many documents were read."""

    causes: tuple[Cause, ...]
    ignored: int
    documents: int


def lint(workspace: Workspace, accounts: Sequence[str] = ()) -> Linted:
    """Look at the offers of these accounts, of all without any. BadDocuments where the project cannot be read.

    Documents with mistakes are left out: `validate` tells of them.
    """
    with collector_off():
        documents = workspace.load()
        if documents.fatal:
            raise BadDocuments(documents.fatal)
        names = chosen_accounts(accounts, documents.project.accounts)
        offers, _ = effective(documents, render=Renderer(workspace.read_text), accounts=names)
        on = switched_on(documents)
        found: list[Blemish] = []
        for name in names:
            try:
                account = documents.project.accounts[name]
                spec = on_site(load_spec(account.marketplace), account)
            except LookupError:
                continue  # `validate` tells
            mine = [each for each in offers if each.account == name]
            found += [each for each in blemishes(mine, spec, _looking(workspace)) if each.finding.code in on]
        told = list(filter(not_ignored(documents), found))
    return Linted(causes=_by_cause(told), ignored=len(found) - len(told), documents=len(documents.written))


def _by_cause(found: Sequence[Blemish]) -> tuple[Cause, ...]:
    together: dict[tuple[str, str], list[Diagnostic]] = {}
    for each in found:
        together.setdefault((each.finding.code, each.cause), []).append(each.finding)
    return tuple(
        Cause(code=code, cause=cause, findings=in_reading_order(findings))
        for (code, cause), findings in sorted(together.items())
    )


def _looking(workspace: Workspace) -> PictureOf:
    def look(path: str) -> Picture | None:
        try:
            return workspace.picture(path)
        except WorkspaceFault:
            return None  # `validate` tells

    return look
