"""`adopt`: a document says which live resource it means, where a key alone does not."""

from msgspec.structs import replace

from reconciler.documents.document import Document
from reconciler.documents.editing import with_key
from reconciler.documents.edits import NotEditable
from reconciler.documents.near import did_you_mean
from reconciler.engine.adopting import ambiguities
from reconciler.model.adopting import Adoption, Ambiguity
from reconciler.model.diagnostics import error, has_errors
from reconciler.model.offers import EXTERNAL_ID, Desired, Key, Live
from reconciler.runtime.commands.looking import Looked, keys_of, looked, named, nothing_named
from reconciler.runtime.commands.rested import Resting, load_some, load_stirred
from reconciler.runtime.connection.session import run
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.texts import EditedTexts
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import Book
from reconciler.runtime.rests.loading import load_awake


def list_ambiguous(workspace: Workspace, account: str | None, progress: Progress) -> tuple[Ambiguity, ...]:
    """Return the live offers that no document can mean by a key alone."""
    resolved, resting = load_stirred(workspace, _of_account(account), progress)
    found: list[Ambiguity] = []
    for wanted in resolved.wanted:
        sleepers = resting.apart(wanted.account.name) if resting else None  # each has a key of its own
        here = run(looked(workspace, wanted, (), progress, sleepers))
        found.extend(ambiguities(here.live, here.desired, wanted.account.name))
    return tuple(found)


def adopt(workspace: Workspace, name: str, remote_id: str, account: str | None, progress: Progress) -> Adoption:
    """Write `adopt: <remote_id>` into the document of this name; nothing else in its file changes.

    BadDocuments when there is no such document, no such live resource, or another document means it.
    """
    resolved, resting = load_some(workspace, replace(_of_account(account), targets=(name,)), progress)
    key = _the_one(resolved, name)
    document = _document_of(resolved, key)
    wanted = next(each for each in resolved.wanted if each.account.name == key.account)
    here = _looked(workspace, wanted, key, remote_id, progress, resting)
    live = _live(here, key, remote_id, document)
    texts = EditedTexts(workspace.root)
    _edit(texts, document, remote_id)
    before, after = texts.files[document.source.path]
    adoption = Adoption(
        key=key,
        remote_id=remote_id,
        title=str(live.fields.get("content.title") or ""),
        key_there=str(live.facts.get(EXTERNAL_ID) or ""),
        file=document.source.path,
        before=before,
        after=after,
    )
    _verify(workspace, resolved, resting.book if resting else None, adoption)
    with alone(workspace.root):
        take_back(workspace.root)
        if adoption.after != before:
            rewrite(workspace.root, {adoption.file: (before, adoption.after)})
    return adoption


def _of_account(account: str | None) -> PlanOptions:
    return PlanOptions(accounts=(account,) if account else ())


def _looked(
    workspace: Workspace, wanted: Wanted, key: Key, remote_id: str, progress: Progress, resting: Resting | None
) -> Looked:
    """Look at what a document would adopt; and at all, where nothing has this id, to say what is like it."""
    adopting = tuple(replace(each, adopt=remote_id) for each in wanted.desired if each.key == key)
    sleepers = resting.apart(wanted.account.name) if resting else None
    here: Looked = run(looked(workspace, wanted, adopting, progress, sleepers))
    if sleepers and all(each.remote_id != remote_id for each in here.live):
        here = run(looked(workspace, wanted, adopting, progress))
    return here


def _the_one(resolved: Resolved, name: str) -> Key:
    accounts = resolved.wanted
    what = named(name)
    every = [each for wanted in accounts for each in wanted.desired]
    mine = [each for each in every if each.key.kind == what[0] and what[1] in each.names]
    called = [each for each in mine if what[1] == each.names[-1]]
    found = [each.key for each in called or mine]  # what is a name is no other's sku
    if not found:
        raise nothing_named(name, (key for each in every for key in keys_of(each)), " in the documents")
    if len(found) > 1:
        where = ", ".join(key.account for key in found)
        raise RunStopped(f"{name} is declared in several accounts: {where}", "say which one with --account")
    return found[0]


def _document_of(resolved: Resolved, key: Key) -> Document:
    found = next(
        each
        for each in resolved.documents.documents
        if (each.kind, each.known_as) == (key.kind, key.name) and each.account in (key.account, None)
    )
    if found.account is None:
        raise RunStopped(
            f"{key} holds for several accounts, and an id is of one", "write a document for the account"
        )
    return found


def _live(here: Looked, key: Key, remote_id: str, document: Document) -> Live:
    """Return the resource of this id, which nobody else may mean."""
    ids = {each.remote_id: each for each in here.live if each.kind == key.kind}
    live = ids.get(remote_id)
    if live is None:
        bearing = sorted(each.remote_id for each in ids.values() if each.key == key)
        hint = f"{key.name} stands on {', '.join(bearing)}." if bearing else did_you_mean(remote_id, ids)
        hint = hint or "`reconcile adopt --list` lists what is ambiguous."
        raise _refused(key, document, f"account {key.account} has no {key.kind} {remote_id}", hint)
    for other, there in here.matched.pairs if here.matched else ():
        if there is live and other.key != key and _means(other, live):
            hint = f"It is declared at {other.origin('name').mark}."
            raise _refused(key, document, f"{remote_id} is what {other.key.name} means", hint)
    return live


def _means(other: Desired, live: Live) -> bool:
    return other.adopt == live.remote_id or other.key == live.key


def _refused(key: Key, document: Document, summary: str, hint: str) -> BadDocuments:
    return BadDocuments((error("D332", summary, mark=document.mark("name"), hint=hint, about=key),))


def _edit(texts: EditedTexts, document: Document, remote_id: str) -> None:
    try:
        texts.change(
            document.source, lambda text: with_key(text, document.index, "adopt", remote_id, after="name")
        )
    except NotEditable as why:
        raise RunStopped(f"{document.mark('name')}: `adopt` cannot be written there: {why}") from why


def _verify(workspace: Workspace, before: Resolved, book: Book | None, adoption: Adoption) -> None:
    """What is written reads as this adoption, and as nothing else."""
    accounts = [part.account.name for part in before.wanted]
    to_be = Workspace(workspace.root, {adoption.file: adoption.after})
    loaded = {each.source.path for each in before.documents.documents}  # also where they say what they said
    after = load_awake(
        to_be, book, lambda _place: {}, None, before.moment, accounts=accounts, chosen=loaded, in_part=False
    ).resolved
    wanted = {each.key: each.adopt for part in before.wanted for each in part.desired}
    wanted[adoption.key] = adoption.remote_id
    if has_errors(after.diagnostics) or wanted != {e.key: e.adopt for part in after.wanted for e in part.desired}:
        raise RunStopped(
            f"`adopt` cannot be written into {adoption.file}", f'write `adopt: "{adoption.remote_id}"` by hand'
        )
