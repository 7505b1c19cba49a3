"""`init --offer`: a file for a new offer, in a project that is there."""

from collections.abc import Iterable

from msgspec.structs import replace

from reconciler.documents.document import Document, Documents
from reconciler.documents.effective import Effective
from reconciler.documents.kinds import OFFER, PRICE_LIST, SOURCE, TEMPLATE
from reconciler.documents.layers import effective
from reconciler.documents.load import load
from reconciler.documents.scaffold import Scaffold, head_of, text_of
from reconciler.engine.importing.names import slug
from reconciler.model.diagnostics import error, has_errors
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.project.choosing import chosen_accounts
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.writing import create_file

_FOLDER = "offers"


def scaffold_offer(workspace: Workspace, name: str, account: str, folder: str) -> str:
    """Write a document for a new offer, and return its path in the project. A file that is there is not touched.

    Empty `account` and `folder` mean those that the project comes to. BadDocuments for a name or an account that
    cannot be, RunStopped where the file cannot.
    """
    documents = workspace.load()
    if documents.fatal:
        raise BadDocuments(documents.diagnostics)
    path = "/".join((*_parts(folder or _FOLDER), f"{slug(name, 'offer')}.yaml"))
    try:
        file = workspace.new_document(path)
    except WorkspaceFault as fault:
        raise RunStopped(str(fault), fault.hint) from fault
    home = documents.home(path)
    owner = _owner(documents, account or home)
    bare = Scaffold(name=name, account="" if owner == home else owner, schema=workspace.schema_of(path, OFFER))
    text = text_of(_filled(bare, documents, owner, path))
    try:
        made = create_file(file, text.encode())
    except OSError as wrong:
        raise RunStopped(f"{path} cannot be written: {wrong.strerror}") from wrong
    if not made:
        raise RunStopped(
            f"{path} is there already, and is left as it is", "Choose another --into, or edit that file."
        )
    return path


def _parts(folder: str) -> list[str]:
    parts = folder.split("/")
    return [each for at, each in enumerate(parts) if each not in ("", ".") or (at == 0 and not each)]


def _owner(documents: Documents, asked: str) -> str:
    """Return the account of the offer. BadDocuments where nobody says it."""
    accounts = documents.project.accounts
    if not asked:
        summary = "the project has several accounts, and the folder is of none of them"
        hint = f"Say which: --account NAME. The accounts are {', '.join(accounts)}."
        raise BadDocuments((error("D303", summary, hint=hint),))
    owner, *others = chosen_accounts([asked], accounts)
    if others:
        raise BadDocuments((error("D302", f"--account {asked} matches more than one account"),))
    return owner


def _filled(bare: Scaffold, documents: Documents, owner: str, path: str) -> Scaffold:
    """Return what the project gives the offer: sections, toggles and names that it may use."""
    taken = next((each for each in documents.of(OFFER) if (each.name, each.account) == (bare.name, owner)), None)
    if taken is not None:
        detail = f"It was given before at {taken.mark('name')}."
        raise BadDocuments((error("D301", f"the name `{bare.name}` is taken by another Offer", detail=detail),))
    given = _effective(documents, path, head_of(bare), owner).body
    known = replace(
        bare,
        templates=_names(documents, TEMPLATE, owner),
        price_lists=_names(documents, PRICE_LIST, owner),
        sources=[each.name for each in documents.of(SOURCE) if each.body.get("orders", "none") != "none"],
        inherited=frozenset(given),
    )
    return replace(known, modes=_effective(documents, path, text_of(known), owner).modes)


def _names(documents: Documents, kind: str, owner: str) -> list[str]:
    return [each.name for each in documents.of(kind) if each.account in (None, owner)]


def _effective(documents: Documents, path: str, text: str, owner: str) -> Effective:
    """Return the offer with all that it inherits. BadDocuments where it cannot be one."""
    files = {each.source.path: each.source.text for each in _others(documents)}
    known = load([*((file, said.encode()) for file, said in files.items()), (path, text.encode())])
    wrong = tuple(replace(each, mark=None) for each in known.diagnostics if each.mark and each.mark.file == path)
    if has_errors(wrong):
        raise BadDocuments(wrong)
    mine = replace(
        known, documents=tuple(each for each in known.documents if each.kind != OFFER or each.source.path == path)
    )
    found, _ = effective(mine, render=None, accounts=(owner,))
    return next(each for each in found if each.document.source.path == path)


def _others(documents: Documents) -> Iterable[Document]:
    """Return what an offer may inherit from or refer to."""
    return (each for each in documents.documents if each.kind != OFFER)
