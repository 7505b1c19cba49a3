"""Every case of the catalogue says in `validate` exactly what it has to, at its place; no marketplace is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hostile.case import Case, Said
from hostile.cases import CASES
from reconciler.model.diagnostics import Diagnostic
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

PROJECT = "accounts: {main: {marketplace: allegro, environment: simulator, login: sklep}}\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def findings(root: Path, case: Case) -> list[Diagnostic]:
    """Write the case into the folder, in place of the one before, and validate it."""
    for old in root.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    (root / "images").mkdir()
    for path, text in {"reconcile.yaml": PROJECT, "a.yaml": case.text, **case.files}.items():
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(validate(Workspace(root)).diagnostics)


def place(case: Case, said: Said) -> str:
    """Return file and line of a finding: a field's line is where its key stands."""
    if isinstance(said.at, int):
        return f"a.yaml:{said.at}"
    if ":" in said.at:
        return said.at
    lines = case.text.splitlines()
    return f"a.yaml:{next(at for at, line in enumerate(lines, 1) if line.strip().startswith(f'{said.at}:'))}"


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_it_says_what_is_wrong_and_where(root: Path, case: Case) -> None:
    found = findings(root, case)
    told = [(each.code, f"{each.mark.file}:{each.mark.line}" if each.mark else "") for each in found]
    assert told == [(each.code, place(case, each)) for each in case.said], [str(each) for each in found]
    for each, said in zip(found, case.said, strict=True):
        assert said.words in each.summary, each.summary


def test_the_catalogue_is_large_and_names_each_case_once() -> None:
    names = [each.name for each in CASES]
    assert len(set(names)) == len(names)
    assert len(names) >= 240
    assert sum(each.sells for each in CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_it_says_the_same_one_by_one_and_together(root: Path, case: Case) -> None:
    """Accounts that are chosen are resolved as a whole; without a choice nothing of an offer stays."""
    found = findings(root, case)
    assert found == list(validate(Workspace(root), accounts=("*",)).diagnostics)
