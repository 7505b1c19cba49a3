"""An empty place for the parts of a ledger: on a branch and in a bucket."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from s3_server import s3_address, variables  # noqa: F401 - a fixture

from runners.places import GitPlace, S3Place


@pytest.fixture(params=["git", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitPlace | S3Place:
    """An empty place; whoever comes has nothing but its address."""
    if request.param == "git":
        return GitPlace(tmp_path)
    for name, value in variables(request.getfixturevalue("s3_address")).items():
        monkeypatch.setenv(name, value)
    return S3Place(f"laws/{uuid.uuid4().hex}")
