"""What an offer is known by on its accounts: its `sku` where it says one, else its name."""

from __future__ import annotations

import pytest

from reconciler.documents.document import Documents
from reconciler.documents.specs import load_spec
from reconciler.engine.resolve import resolve
from reconciler.model.offers import Desired, Key
from reconciler.runtime.project.resolve import Resolved, resolve_project
from reconciler.runtime.project.workspace import Workspace
from tests.documents.projects import TWO, project

BOTH = "kind: Offer\nname: A\naccounts: [main, second]\n"


def keys(documents: Documents) -> dict[str | None, str]:
    """What each account knows the one offer by."""
    assert documents.diagnostics == ()
    return {each.account: each.key.name for each in documents.documents if each.kind == "Offer"}


#: What the document says, and by what it is known on either account: the nearest word wins.
NEAREST = {
    "nothing": ("", "A", "A"),
    "one for all": ("sku: S\n", "S", "S"),
    "a number, as it is written": ("sku: 007\n", "007", "007"),
    "an account's own": ("for: {second: {sku: S}}\n", "A", "S"),
    "a marketplace's": ("sku: R\nfor: {allegro: {sku: S}}\n", "S", "S"),
    "an account wins over its marketplace": ("for: {main: {sku: R}, allegro: {sku: S}}\n", "R", "S"),
    "left out for one": ("sku: S\nfor: {second: {without: [sku]}}\n", "S", "A"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "main", "second"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_sku_holds_and_without_one_the_name(said: str, main: str, second: str) -> None:
    assert keys(project(reconcile=TWO, o=BOTH + said)) == {"main": main, "second": second}


def faults(documents: Documents) -> list[str]:
    return [f"{each.mark} {each.code} {each.summary} {each.detail} {each.hint}" for each in documents.diagnostics]


def test_a_sku_is_of_one_offer_so_no_defaults_say_one() -> None:
    for text in ("kind: Defaults\nOffer: {sku: S}\n", "kind: Defaults\nOffer: {for: {main: {sku: S}}}\n"):
        (fault,) = faults(project(reconcile=TWO, d=text))
        assert "D204 `sku` is not a key" in fault
        assert "A sku is of one offer: write it in the document of that." in fault
    (fault,) = faults(project(reconcile=TWO, d="kind: SettingsTemplate\nname: t\nsku: S\n"))
    assert "A sku is of one offer" in fault


def test_two_documents_of_one_sku_are_an_error_that_names_both_places() -> None:
    """So is a sku that is the name of another offer; on another account it is nobody else's."""
    (fault,) = faults(
        project(reconcile=TWO, a=BOTH + "sku: S\n", b="kind: Offer\nname: B\naccount: second\nsku: S\n")
    )
    assert "b.yaml:4:6 D301 the sku `S` is taken by another Offer It was given before at a.yaml:4:6." in fault
    (fault,) = faults(
        project(reconcile=TWO, a=BOTH, b="kind: Offer\nname: B\naccount: main\nfor: {main: {sku: A}}\n")
    )
    assert "b.yaml:4:19 D301 the sku `A` is taken by another Offer It was given before at a.yaml:2:7." in fault
    assert not faults(
        project(reconcile=TWO, a=BOTH + "for: {second: {sku: S}}\n", b="kind: Offer\nname: S\naccount: main\n")
    )


def test_a_name_is_of_one_document_whatever_its_sku_since_others_refer_to_it() -> None:
    (fault,) = faults(
        project(reconcile=TWO, a=BOTH + "sku: S\n", b="kind: Offer\nname: A\naccount: main\nsku: T\n")
    )
    assert "D301 the name `A` is taken" in fault


def test_a_sku_that_nobody_can_tell_from_another_is_told() -> None:
    found = faults(project(reconcile=TWO, a=BOTH, b='kind: Offer\nname: B\naccount: main\nsku: "A\u200b"\n'))
    assert any("b.yaml:4:6 D532 the sku" in each for each in found)


def test_it_may_have_moved_from_its_own_name_or_an_earlier_sku() -> None:
    """On an account that knows it by its name still, nothing moves."""
    text = BOTH + "moved: {from: A}\nfor: {second: {sku: S}}\n"
    assert [each.moved_from for each in _desired(text)] == ["", "A"]
    (fault, *_) = faults(project(reconcile=TWO, a=BOTH + "moved: {from: A}\n"))
    assert "D310" in fault, "without a sku it is its own name, which it has still"
    other = "kind: Offer\nname: B\naccount: second\nsku: T\n"
    (fault,) = faults(project(reconcile=TWO, a=BOTH + "moved: {from: T}\nfor: {second: {sku: S}}\n", b=other))
    assert "D310 `A` moved from `T`, which is declared still" in fault


def _desired(text: str) -> list[Desired]:
    from reconciler.documents.layers import effective

    found, _ = effective(project(reconcile=TWO, o=text), render=None)
    return [resolve((each,), load_spec("allegro"), str)[0][0] for each in found if each.document.kind == "Offer"]


def resolved(tmp_path, **files: str) -> Resolved:
    (tmp_path / "reconcile.yaml").write_text(TWO)
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return resolve_project(Workspace(tmp_path))


def test_what_refers_to_an_offer_says_its_document_and_means_its_sku(tmp_path) -> None:
    bundle = "kind: Bundle\nname: set\naccount: {0}\nslots: [{{offers: [A]}}, {{offers: [B, Z-9]}}]\n"
    files = {each: bundle.format(each) for each in ("main", "second")}
    other = "kind: Offer\nname: B\naccounts: [main, second]\nsku: Z\n"
    found = resolved(tmp_path, a=BOTH + "for: {second: {sku: S}}\n", b=other, **files)
    slots = {
        wanted.account.name: [slot["offers"] for each in wanted.desired if each.key.kind == "Bundle" for slot in each.fields["slots"]]
        for wanted in found.wanted
    }  # fmt: skip
    assert slots == {"main": [["A"], ["Z", "Z-9"]], "second": [["S"], ["Z", "Z-9"]]}
    assert not any(each.code == "D308" for each in found.diagnostics)


def test_a_document_with_mistakes_stands_for_all_that_it_may_be_known_by(tmp_path) -> None:
    found = resolved(tmp_path, a=BOTH + "sku: R\nfor: {second: {sku: S}}\nprice: cheap\n")
    unusable = {each.account.name: each.unusable[0] for each in found.wanted}
    assert {name: each.known_as for name, each in unusable.items()} == {"main": "R", "second": "S"}
    assert unusable["main"].names == {"A", "R", "S"}
    for wanted in found.wanted:
        key = Key(wanted.account.name, "Offer", unusable[wanted.account.name].known_as)
        assert key in wanted.mistaken()
        assert {each.about.name for each in wanted.findings if each.about} == {key.name}
