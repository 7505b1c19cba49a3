"""The documents of the demo: valid, the same for a seed, and within the marketplace's limits."""

from pathlib import Path

import pytest

from reconciler.demo import DemoSummary, write_demo
from reconciler.demo.offers import check_digit
from reconciler.model.offers import OFFER, Desired
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace


@pytest.fixture(scope="module")
def offers(written: DemoSummary) -> list[Desired]:
    """Return what the documents want."""
    found = resolve_project(Workspace(written.directory)).wanted
    return [each for part in found for each in part.desired if each.key.kind == OFFER]


def test_valid(written: DemoSummary) -> None:
    """Nothing is wrong; only the toggle that switches a price off is worth a warning."""
    found = validate(Workspace(written.directory)).diagnostics
    assert {each.code for each in found} <= {"P201"}


def test_counts(written: DemoSummary, offers: list[Desired]) -> None:
    """Sixty offers, one of them removed and one new; and what the summary counts is there."""
    assert len(offers) == written.offers == 60
    kinds = [document.kind for document in Workspace(written.directory).load().documents]
    assert kinds.count("SettingsTemplate") == 4
    assert kinds.count("DeliveryPriceList") == 5
    assert kinds.count("Bundle") == 3
    assert written.parts == "4 settings templates, 5 delivery price lists, 3 bundles"


def test_same_seed(written: DemoSummary, tmp_path: Path) -> None:
    """The same seed writes the same bytes, another one other offers."""
    again = write_demo(tmp_path / "again", offers=60, seed=7)
    other = write_demo(tmp_path / "other", offers=60, seed=8)
    assert _contents(again.directory) == _contents(written.directory)
    assert again.planted == written.planted
    assert _contents(other.directory) != _contents(written.directory)


def _contents(directory: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(directory)): file.read_bytes()
        for file in directory.rglob("*")
        if file.is_file() and ".reconcile" not in file.parts
    }


def test_titles(offers: list[Desired]) -> None:
    """Titles have 12 to 75 characters, three words or more, and no word of more than 30."""
    titles = [each.fields["content.title"] for each in offers if "content.title" in each.fields]
    assert len(titles) > 50
    for title in titles:
        assert 12 <= len(title) <= 75, title
        assert len(title.split()) >= 3, title
        assert max(len(word) for word in title.split()) <= 30, title


def test_descriptions(offers: list[Desired]) -> None:
    """Descriptions are neither empty nor close to the limit of 40,000 bytes."""
    for each in offers:
        sections = each.fields.get("content.description") or []
        size = sum(len(item.get("text", "").encode()) for section in sections for item in section)
        assert not sections or 100 < size < 8_000, each.key


def test_codes(offers: list[Desired]) -> None:
    """Every GTIN has the right check digit, and no two offers have the same."""
    codes = [each.fields["content.product"]["gtin"] for each in offers if "content.product" in each.fields]
    assert all(check_digit(code[:-1]) == code[-1] for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("code", ["5901234123457", "4006381333931", "0012345678905"])
def test_check_digit(code: str) -> None:
    """Known GTINs have the check digit that we reckon."""
    assert check_digit(code[:-1]) == code[-1]


def test_pictures(written: DemoSummary) -> None:
    """The pictures are PNG files of at least 500 pixels."""
    pictures = list((written.directory / "images").iterdir())
    assert len(pictures) == 4
    for file in pictures:
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(data[16:20], "big") >= 500


def test_occupied(tmp_path: Path) -> None:
    """A folder that holds something is left alone."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not an empty folder"):
        write_demo(tmp_path, offers=5)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_small(tmp_path: Path, count: int) -> None:
    """A shop too small for some incidents is a sound shop with fewer of them."""
    assert write_demo(tmp_path / "shop", offers=count).offers == count
    assert not [each for each in validate(Workspace(tmp_path / "shop")).diagnostics if each.severity == "error"]
