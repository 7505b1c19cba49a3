"""A project as it was committed: the files of its folder in a revision, and no others."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.named import WorkspaceFault

from .test_uncommitted import git

OFFER = b"kind: Offer\nname: A\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder of its repository; after the commit everything is gone but one line."""
    top = tmp_path_factory.mktemp("top")
    root = top / "shop"
    for path, data in {
        "reconcile.yaml": b"ignore: [drafts]\n",
        "offers/a.yaml": OFFER,
        "offers/ż.yml": OFFER,
        "offers/notes.txt": b"no document",
        "drafts/b.yaml": OFFER,
        ".hidden/c.yaml": OFFER,
        "templates/d.html": b"<p>{{ name }}</p>",
        "images/e.jpg": b"not quite a picture",
        "keys/f.txt": b"-----BEGIN PRIVATE KEY-----",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "offers" / "link.yaml").symlink_to("a.yaml")
    (top / "other.yaml").write_bytes(OFFER)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "Offers")
    git(top, "rm", "-r", "-q", "shop/offers", "shop/templates", "shop/images")
    (root / "reconcile.yaml").write_bytes(b"ignore: []\n")
    return root


def test_documents_are_those_of_the_folder_in_that_revision(project: Path) -> None:
    """Neither what is hidden, ignored then, a link, nor beside the project."""
    there = Committed(project, "HEAD")
    assert [path for path, _ in there.files()] == ["offers/a.yaml", "offers/ż.yml", "reconcile.yaml"]
    assert dict(there.files())["offers/a.yaml"] == OFFER
    assert there.project_file() == b"ignore: [drafts]\n"


def test_what_documents_name_is_read_as_it_was(project: Path) -> None:
    there = Committed(project, "HEAD")
    assert there.read_text("./templates/d.html") == "<p>{{ name }}</p>"
    assert there.digest("images/e.jpg") == hashlib.sha256(b"not quite a picture").hexdigest()
    for wrong in ("keys/f.txt", "nowhere.html", "../other.yaml", ".hidden/c.yaml", "offers/link.yaml"):
        with pytest.raises(WorkspaceFault):
            there.read_text(wrong)


def test_where_there_was_no_project(project: Path) -> None:
    """A folder that came later has none; what is no revision is one of nobody's options either."""
    assert not Committed(project, "HEAD").is_empty
    assert Committed(project / "drafts", "HEAD").is_empty
    for wrong in ("--all", "HEAD~9", ""):
        with pytest.raises(BadDocuments):
            Committed(project, wrong)
