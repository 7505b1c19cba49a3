"""Selection tells the truth: what is chosen, what is not, what comes along, and what chooses nothing at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import world
from cli.running import reconcile
from engine.build import NOW, SPEC, desired, key, live
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from planning import plan_of
from world import World

from reconciler.cli import main
from reconciler.engine.diff import Scope
from reconciler.engine.question import Question
from reconciler.model.changes import Verb
from reconciler.model.memory import Managed
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Snapshot
from reconciler.model.plan import Plan
from reconciler.model.plan_json import sealed
from reconciler.render.totals import total
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.selection import declares_all, mistakes, select

TEN = {"sellingMode": {"format": "BUY_NOW", "price": {"amount": "10.00", "currency": "PLN"}}}
FOLDER = Path("offers/cups")


def shop(root: Path) -> World:
    """Four offers as declared but for C, which has another price; two labels, two folders, a template."""
    live = [world.live_offer(number, name, **TEN) for number, name in enumerate(("A", "B", "C", "D"))]
    made = World.make(root, world.seller(live), [])
    made.write("offers/defaults.yaml", json.dumps({"kind": "Defaults", "labels": {"brand": "acme"}}))
    template = {"kind": "SettingsTemplate", "name": "std", "invoice": "vat"}
    made.write("templates/std.yaml", json.dumps(template))
    for name, price, more in (
        ("A", "10.00", {"labels": {"season": "zima"}}),
        ("B", "10.00", {"labels": {"season": "lato"}}),
        ("C", "12.00", {"settings": {"template": "std"}}),
    ):
        body = world.offer(name, price=f"{price} PLN", **more)
        made.write(f"offers/cups/{name}.yaml", json.dumps(body))
    made.write("other/D.yaml", json.dumps(world.offer("D", price="10.00 PLN")))
    return made


CASES: list[tuple[list[str], int, str]] = [
    (["--target", "A"], 0, "Nothing to do for the selected offer; 3 not selected."),
    (["--target", "A", "--target", "Offer/B"], 0, "Nothing to do for the 2 selected offers; 2 not selected."),
    (["--target", "[AC]"], 2, "Plan: 1 to change."),
    (["--target", "[AC]"], 2, "Selected: 2 offers; 2 not selected."),
    (["--target", "c"], 1, "error[D316]: --target c matches no document"),
    (["--target", "c"], 1, "did you mean C?"),
    (["--target", "Ofer/A"], 1, "did you mean Offer/A"),
    (["--target", "A", "--target", "nic*"], 1, "--target nic* matches no document"),
    (["--select", "season=zima"], 0, "Nothing to do for the selected offer; 3 not selected."),
    (["--select", "season=zimą"], 1, "error[D317]: no document has the label season=zimą"),
    (["--select", "season=zimą"], 1, "did you mean zima?"),
    (["--select", "season=x"], 1, "the values are lato, zima"),
    (["--select", "saeson=zima"], 1, "did you mean season?"),
    (["--select", "season=zima", "--select", "season=lato"], 64, "season is asked for twice"),
    (["--file", "offers"], 2, "Selected: 3 offers; 1 not selected."),
    (["--file", "offers/"], 2, "Selected: 3 offers; 1 not selected."),
    (["--file", "./offers/cups/A.yaml"], 0, "Nothing to do for the selected offer; 3 not selected."),
    (["--file", "offers/*/[AB].yaml"], 0, "Nothing to do for the 2 selected offers; 2 not selected."),
    (["--file", "offers/defaults.yaml"], 2, "Selected: 3 offers; 1 not selected."),
    (["--file", "templates/std.yaml"], 2, "Selected: 1 offer; 3 not selected."),
    (["--file", "offers/cups/X.yaml"], 1, "error[D318]: --file offers/cups/X.yaml has no document"),
    (["--file", "ofers/cups"], 1, "did you mean offers/cups"),
    (["--target", "D", "--file", "offers"], 1, "error[D319]: no document is chosen by all of these together"),
    (["--only", "price"], 2, "Selected: 4 offers in price; 0 not selected."),
    (["--only", "price", "--target", "A"], 0, "Nothing to do in price for the selected offer; 3 not selected."),
    (["--only", "bundle"], 1, "error[D319]: --only bundle: no document declares it"),
    (["--only", "settings", "--target", "A"], 1, "--only settings: no document that was chosen declares it"),
    (["--only", "settings", "--target", "A"], 1, "the modules are price"),
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One shop for all plans: they change nothing."""
    return shop(tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize(
    ("flags", "code", "said"), CASES, ids=lambda each: " ".join(each) if isinstance(each, list) else ""
)
def test_what_is_selected_is_said(
    standing: World, flags: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words and the exit code; never `No changes.`, and never `unmanaged`."""
    standing.forget_requests()
    assert main.run(["plan", "-C", str(standing.root), "--detailed-exitcode", *flags]) == code
    shown = capsys.readouterr()
    told = " ".join((shown.out + shown.err).replace("│", " ").split())
    assert said in told
    assert "No changes" not in told
    assert "no document and" not in told
    if code in (1, 64):
        assert not standing.sent()


def test_a_file_is_meant_from_where_the_user_stands(standing: World) -> None:
    """As a shell completes it; else from the project's folder."""
    for where, file in ((FOLDER, "A.yaml"), (FOLDER, "offers/cups/A.yaml"), (Path(), "offers/cups/A.yaml")):
        done = reconcile("plan", "--file", file, cwd=standing.root / where)
        assert "for the selected offer; 3 not selected." in done.stdout, done.stderr


def test_the_next_command_has_the_same_selection(standing: World) -> None:
    done = reconcile("plan", "--file", "offers/cups", cwd=standing.root)
    assert "Next: reconcile apply --file offers/cups" in done.stdout


def test_apply_and_resync_refuse_what_matches_nothing(standing: World) -> None:
    """The same words, and nothing is asked of the marketplace."""
    standing.forget_requests()
    for command in (["apply", "--auto-approve"], ["resync", "--account", "main", "--yes"]):
        for flags in (["--target", "X"], ["--file", "x"], ["--select", "x=y"]):
            done = reconcile(*command, *flags, cwd=standing.root)
            assert done.returncode == 1, done.stdout
            assert "matches no document" in done.stderr or "no document" in done.stderr
    assert not standing.sent()


def test_resync_takes_targets_and_files(tmp_path: Path) -> None:
    made = shop(tmp_path)
    done = reconcile("resync", "--account", "main", "--file", "offers/cups/A.yaml", "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = json.dumps(list(made.commands().values()))
    assert [number for number in range(4) if f"1700000000{number}" in written] == [0]


def test_a_new_object_comes_along_with_the_offer_that_needs_it(tmp_path: Path) -> None:
    """`apply --target` of one offer makes the price list that it refers to, says so, and leaves the rest alone."""
    made = World.make(
        tmp_path,
        world.seller([]),
        [
            {"kind": "OfferTag", "name": "Nowa"},
            {"kind": "OfferTag", "name": "Inna"},
            world.whole_offer("A", settings=world.whole_offer("A")["settings"] | {"tags": ["Nowa", "Nowość"]}),
            world.offer("B", price="1.00 PLN"),
        ],
    )
    plan = made.plan(targets=("A",))
    assert [(each.verb, str(each.key)) for each in plan.changes] == [
        (Verb.CREATE, "OfferTag/Nowa"),
        (Verb.CREATE, "Offer/A"),
    ]
    [along] = [each for each in plan.diagnostics if each.code == "P120"]
    assert along.summary == "comes along: OfferTag/Nowa, which A needs"
    counts = plan.accounts[0].counts
    assert (counts["chosen"], counts["along"], counts["not_selected"]) == (1, 1, 2)
    assert world.undone(made.apply(plan)) == []
    again = made.plan(targets=("A",))
    assert total(again) == "Nothing to do for the selected offer; 3 not selected."
    assert set(made.things("tags")) == {"Nowa", "Nowość", "Wyprzedaż"}


def test_what_has_a_document_that_was_not_selected_is_nobodys_twin(tmp_path: Path) -> None:
    """A is declared and live, and B is new with the same title: `--target B` must not say that A has no document."""
    content = world.whole_offer("B")["content"] | {"product": {"gtin": world.example.GTIN}}
    content["title"] = "Kubek ceramiczny czerwony duży"
    made = World.make(
        tmp_path,
        world.seller([world.live_offer(1, "A")]),
        [world.offer("A"), world.whole_offer("B", content=content)],
    )
    assert [each.verb for each in made.plan(targets=("B",)).changes] == [Verb.CREATE]
    assert [each.verb for each in made.plan().changes] == [Verb.CREATE]


def test_only_a_module_of_which_something_lost_its_document(tmp_path: Path) -> None:
    """Nothing declares it any more, and there is something to end: that is no mistake."""
    live = [world.live_offer(1, "A", **TEN)]
    made = World.make(tmp_path, world.seller(live), [world.offer("A", price="10.00 PLN")])
    made.apply(made.plan())
    made.documents()
    assert [each.verb for each in made.plan(only=frozenset({Module.STOCK})).changes] == [Verb.END]


# --- the pure part ---------------------------------------------------------------------------------------------

NAMES = ("a", "b", "ab", "kubek-1")
DOCUMENTS = st.builds(
    lambda name, labels, file, price, kind: desired(
        name,
        {"price.base": 1} if price and kind == OFFER else {},
        kind=kind,
        labels=labels,
        files=lambda: frozenset((file,)),
    ),
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(("x", "y")), st.sampled_from(("1", "2")), max_size=2),
    st.sampled_from(("one.yaml", "dir/two.yaml")),
    st.booleans(),
    st.sampled_from((OFFER, "OfferTag", "DeliveryPriceList")),
)
NARROWINGS = st.builds(
    PlanOptions,
    targets=st.lists(st.sampled_from((*NAMES, "a*", "zz", "OfferTag/*")), max_size=2).map(tuple),
    files=st.lists(st.sampled_from(("one.yaml", "dir", "*.yaml", "none")), max_size=1).map(tuple),
    select=st.dictionaries(st.sampled_from(("x", "z")), st.sampled_from(("1", "3")), max_size=1),
    only=st.frozensets(st.sampled_from((Module.PRICE, Module.DELIVERY)), max_size=1),
)


@given(st.lists(DOCUMENTS, max_size=6, unique_by=lambda each: each.key), NARROWINGS)
def test_every_document_is_chosen_or_not(documents: list[Any], options: PlanOptions) -> None:
    """Declared = chosen + not selected; without a mistake something is chosen by every flag."""
    found = select(documents, options)
    assert {each.key for each in found.chosen} | {each.key for each in found.others} == {e.key for e in documents}
    assert len(found.chosen) + len(found.others) == len(documents)
    if documents and not mistakes([documents], options):
        named = select(documents, PlanOptions(targets=options.targets, files=options.files, select=options.select))
        assert named.chosen
        for target in options.targets:
            assert select(documents, PlanOptions(targets=(target,))).chosen


@given(st.lists(DOCUMENTS, max_size=6, unique_by=lambda each: each.key), NARROWINGS, st.integers(0, 2))
def test_nothing_that_was_not_selected_is_called_unmanaged_or_ended(
    documents: list[Any], options: PlanOptions, strangers: int
) -> None:
    """All of it is live and managed, besides some that have no document: only a plan of everything may end these."""
    found = select(documents, options)
    names = [*(each.key for each in documents), *(key(f"stranger-{n}") for n in range(strangers))]
    there = [
        replace(live(each.name, {"stock.status": "active"}, kind=each.kind, remote_id=str(n)), key=each)
        for n, each in enumerate(names)
    ]
    managed = {
        each.key: Managed(key=each.key, remote_id=each.remote_id, project="", since="2026", run_id="r")
        for each in there
        if each.key
    }
    question = Question(
        plan_id="8d3c1f1e-0000-4000-8000-000000000001",
        login="shop",
        scope=Scope(now=NOW, only=options.only),
        managed=managed,
        whole=declares_all(options),
        others=found.others,
    )
    part, _ = plan_of(found.wanted, Snapshot(account="main", live=tuple(there)), SPEC, question)
    unselected = {each.key for each in found.others}
    gone = {each.key for each in part.changes if each.verb in (Verb.END, Verb.DELETE)}
    assert not gone & {each.key for each in documents}
    assert not gone or question.whole
    assert not {each.name for each in unselected} & set(part.unmanaged)
    assert not part.unmanaged or question.whole
    assert not {each.key for each in part.changes} & unselected
    if question.narrowed:
        counts = part.counts
        said = counts["chosen"] + counts["chosen_objects"] + counts["along"] + counts["not_selected"]
        assert said == len(documents)
        plan = sealed(Plan(id="p", digest="", created_at="2026-11-23T12:00:00+00:00", accounts=(part,)))
        assert "No changes. " not in total(plan)
