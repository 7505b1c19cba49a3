"""Pull, then plan: there is nothing to do."""

from __future__ import annotations

import pytest
import world
import yaml
from torture import shop as torture_shop

from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import Severity
from reconciler.model.offers import Key
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.accounts import account_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import market


@pytest.fixture
def simulator_project(tmp_path):
    return market.project(tmp_path / "shop")


def plan(root):
    return make_plan(Workspace(root), PlanOptions(), Silent())


def told(found):
    return [(str(change.key), [(f.path, f.before, f.after) for f in change.fields]) for change in found.changes]


def test_after_a_pull_the_plan_is_empty(simulator_project):
    """All that is live has a document that says what is live."""
    pulled = pull(Workspace(simulator_project), (), simulator_project, Silent())
    found = plan(simulator_project)
    assert told(found) == []
    assert [str(d) for d in found.diagnostics] == []
    assert pulled.documents["Offer"] == 60
    assert found.accounts[0].counts["unmanaged"] == 0
    assert pulled.documents["Bundle"] == 1
    assert any("SKU-9" in note and "SKU-9-17000000010, SKU-9-17000000011" in note for note in pulled.notes), (
        pulled.notes
    )


def test_what_was_pulled_is_remembered_and_not_managed(simulator_project):
    """The ledger knows ids and values, so that drift shows as drift; a removed file ends nothing: no run wrote it."""
    workspace = Workspace(simulator_project)
    pull(workspace, (), simulator_project, Silent())
    account = account_of(workspace, "main")
    place = place_of(account, load_spec(account.marketplace))
    ledger = Ledger(simulator_project / ".reconcile" / "ledger.db")
    seen = ledger.baselines(place)[Key("main", "Offer", "SKU-2")]
    assert seen.remote_id == "17000000003"
    assert "price.base" in seen.digests
    assert not ledger.managed(place)
    ledger.close()
    next(simulator_project.glob("offers/*/sku-2.yaml")).unlink()
    made = plan(simulator_project)
    assert not made.changes
    assert "SKU-2" in made.accounts[0].unmanaged


def test_a_second_pull_writes_nothing(simulator_project):
    """What has a document is left alone."""
    pull(Workspace(simulator_project), (), simulator_project, Silent())
    before = {path: path.read_bytes() for path in simulator_project.rglob("*.yaml")}
    again = pull(Workspace(simulator_project), (), simulator_project, Silent())
    assert again.files == ()
    assert any("left alone" in note for note in again.notes)
    assert {path: path.read_bytes() for path in simulator_project.rglob("*.yaml")} == before


@pytest.mark.parametrize("third", range(3))
def test_a_pull_adds_what_is_missing(simulator_project, third):
    """Documents that went are written again, with the templates that are there; others only for who had none."""
    pull(Workspace(simulator_project), (), simulator_project, Silent())
    files = sorted(simulator_project.glob("offers/*/*.yaml"))[third::3]
    named = {file: template_of(file) for file in files}
    assert sum(name == "standard" for name in named.values()) > len(files) // 2
    for file in files:
        file.unlink()
    again = pull(Workspace(simulator_project), (), simulator_project, Silent())
    written = sorted(simulator_project / name for name in again.files)
    new = [file for file in written if file not in files]
    assert sorted({*written} - {*new}) == files
    assert {file: template_of(file) for file in files if named[file]} == {
        f: name for f, name in named.items() if name
    }
    for template in new:
        assert template.parent.name == "settings"
        assert sum(template_of(file) == template.stem for file in files) > 1
    assert told(plan(simulator_project)) == []


def template_of(file):
    """The name of the template that an offer's document names, or nothing."""
    settings = yaml.safe_load(file.read_text("utf-8")).get("settings", {})
    return settings if isinstance(settings, str) else settings.get("template")


def test_the_same_account_gives_the_same_files(tmp_path):
    """Byte by byte."""
    texts = []
    for name in ("one", "two"):
        root = market.project(tmp_path / name)
        pull(Workspace(root), (), root, Silent())
        texts.append({p.relative_to(root): p.read_text("utf-8") for p in root.rglob("*.yaml")})
    assert texts[0] == texts[1]


def test_files_name_their_schema_where_the_project_has_it(simulator_project):
    """An editor finds it from wherever the file lies."""
    (simulator_project / "schemas").mkdir()
    (simulator_project / "schemas" / "offer.schema.json").write_text("{}")
    pull(Workspace(simulator_project), (), simulator_project / "deep", Silent())
    file = next((simulator_project / "deep").glob("offers/*/sku-2.yaml"))
    assert file.read_text().startswith("# yaml-language-server: $schema=../../../schemas/offer.schema.json\n")
    assert told(plan(simulator_project)) == []


def test_nothing_is_written_outside_of_the_project(simulator_project, tmp_path):
    """Neither by a path nor through a symbolic link."""
    with pytest.raises(RunStopped):
        pull(Workspace(simulator_project), (), tmp_path / "elsewhere", Silent())
    (tmp_path / "outside").mkdir()
    (simulator_project / "offers").symlink_to(tmp_path / "outside")
    with pytest.raises(RunStopped):
        pull(Workspace(simulator_project), (), simulator_project, Silent())
    assert list((tmp_path / "outside").iterdir()) == []


def test_each_account_has_a_folder_of_its_own(tmp_path):
    """In a project of several, every document says whose it is; the plan of both is empty."""
    root = market.project(tmp_path / "agency", "sklep", "drugi")
    pull(Workspace(root), ("second",), root, Silent())
    assert not (root / "main").exists()
    pulled = pull(Workspace(root), (), root, Silent())
    assert {name.partition("/")[0] for name in pulled.files} == {"main"}
    assert "account: second\n" in next(root.glob("second/offers/*/sku-2.yaml")).read_text()
    assert told(plan(root)) == []


def test_what_older_defaults_add_is_said(simulator_project):
    """Nothing is overwritten, so a value that is inherited from before shows in the plan, and in the notes."""
    text = "kind: Defaults\nOffer: {settings: {safety: Uwaga}}\n"
    (simulator_project / "defaults.yaml").write_text(text)
    pulled = pull(Workspace(simulator_project), (), simulator_project, Silent())
    assert any("inherits values that differ" in note for note in pulled.notes)
    assert {f.path for change in plan(simulator_project).changes for f in change.fields} == {"settings.safety"}


def test_files_that_the_project_ignores_are_said(tmp_path):
    """They would never be planned."""
    root = market.project(tmp_path / "shop", extra="ignore: [bundles]\n")
    pulled = pull(Workspace(root), (), root, Silent())
    assert any("bundles/" in note and "ignore" in note for note in pulled.notes)


def test_what_lies_there_is_never_overwritten(simulator_project):
    """A file of another meaning keeps its name; ours gets a number."""
    file = simulator_project / "delivery" / "standard.yaml"
    file.parent.mkdir()
    file.write_text("kind: OfferTag\nname: Nowość\nhidden: false\n", "utf-8")
    pull(Workspace(simulator_project), (), simulator_project, Silent())
    assert file.read_text("utf-8").startswith("kind: OfferTag")
    assert (simulator_project / "delivery" / "standard-2.yaml").exists()
    assert told(plan(simulator_project)) == []


def test_what_no_document_can_hold_is_left_out_and_said(tmp_path):
    """A control character in a title or a key: the rest of the account is written, and the next plan is empty."""
    seller = market.account()
    seller["offers"][0]["offer"]["name"] = "Kubek \x1b[2J ceramiczny"
    seller["offers"][1]["offer"]["external"] = {"id": "SKU\x07"}
    root = market.project(tmp_path / "shop", seed=False)
    simulator = AllegroSimulator(root / ".reconcile" / "simulator-allegro.db")
    simulator.seed(seller)
    simulator.close()
    pulled = pull(Workspace(root), (), root, Silent())
    assert any(
        "`content.title` was left out: it holds a control character (U+001B)" in note for note in pulled.notes
    )
    assert any("its key cannot be the name of a document" in note for note in pulled.notes)
    assert not any("\x1b" in path.read_text() for path in root.rglob("*.yaml"))
    assert told(plan(root)) == []


def test_offers_that_share_a_key_each_have_a_document_that_adopts(simulator_project):
    """They keep the key; a change of one of them reaches that one, and the plan is empty again."""
    pull(Workspace(simulator_project), (), simulator_project, Silent())
    files = sorted(simulator_project.glob("offers/*/sku-9-*.yaml"))
    assert [file.stem for file in files] == ["sku-9-17000000010", "sku-9-17000000011"]
    text = files[0].read_text("utf-8")
    assert 'name: SKU-9-17000000010\nadopt: "17000000010"\n' in text
    price = next(line for line in text.splitlines() if line.startswith("price"))
    files[0].write_text(text.replace(price, "price: 51.00 PLN"), "utf-8")
    found = plan(simulator_project)
    assert [(change.remote_id, [f.path for f in change.fields]) for change in found.changes] == [
        ("17000000010", ["price.base"])
    ]
    again = pull(Workspace(simulator_project), (), simulator_project, Silent())
    assert again.files == ()


@pytest.mark.parametrize(
    ("targets", "files"),
    [
        (("SKU-2",), {"sku-2"}),
        (("SKU-1?", "17000000003"), {"sku-2", *(f"sku-1{n}" for n in (*range(1, 2), *range(3, 10)))}),
        (("SKU-9",), {"sku-9-17000000010", "sku-9-17000000011"}),
        (("17000000013",), {"17000000013"}),
        (("DeliveryPriceList/Standard",), {"standard"}),
    ],
)
def test_only_what_is_named_gets_a_document(simulator_project, targets, files):
    """No template and no Defaults that others would share; what was written is in sync, and the rest is untouched."""
    pulled = pull(Workspace(simulator_project), (), simulator_project, Silent(), targets)
    assert {path.rpartition("/")[2].removesuffix(".yaml") for path in pulled.files} == files
    assert set(pulled.documents) <= {"Offer", "DeliveryPriceList"}
    assert told(plan(simulator_project)) == []


def test_what_exists_is_left_alone_by_a_narrow_pull(simulator_project):
    pull(Workspace(simulator_project), (), simulator_project, Silent(), ("SKU-2",))
    (file,) = simulator_project.glob("offers/*/sku-2.yaml")
    file.write_text(file.read_text("utf-8") + "# mine\n", "utf-8")
    again = pull(Workspace(simulator_project), (), simulator_project, Silent(), ("SKU-2",))
    assert (again.files, file.read_text("utf-8").endswith("# mine\n")) == ((), True)


def test_a_target_that_means_nothing_writes_nothing(simulator_project):
    """Also when another one means something: near names are told."""
    with pytest.raises(BadDocuments) as refused:
        pull(Workspace(simulator_project), (), simulator_project, Silent(), ("SKU-2", "SKV-2"))
    assert [(each.code, each.hint) for each in refused.value.diagnostics] == [("D330", "Did you mean `SKU-2`?")]
    assert not list(simulator_project.glob("offers/**/*.yaml"))


def test_a_narrow_pull_reads_in_full_what_it_names_alone(tmp_path):
    """Of five offers one, and of the named objects none."""
    made = world.World.make(tmp_path, world.seller([world.live_offer(n, f"A-{n}") for n in range(5)]), [])
    pull(Workspace(made.root), (), made.root, Silent(), ("A-3",))
    asked = [each["url"].partition("?")[0] for each in made.sent()]
    assert [path for path in asked if path.startswith("/sale/product-offers/")] == [
        "/sale/product-offers/17000000003"
    ]
    assert not [path for path in asked if path.startswith("/sale/shipping-rates/")]


def test_a_document_with_mistakes_gets_no_twin(tmp_path):
    """It stands for its offer by name, by the id that it adopts, or by an earlier name; the others are written."""
    live = [world.live_offer(n, f"A-{n}") for n in range(1, 6)]
    made = world.World.make(tmp_path, world.seller(live), [])
    made.write("wrong/a.yaml", "kind: Offer\nname: A-1\nprise: 1 PLN\n")
    made.write("wrong/b.yaml", 'kind: Offer\nname: mine\nadopt: "17000000002"\nprise: 1 PLN\n')
    made.write("wrong/c.yaml", "kind: Offer\nname: new\nmoved: {from: A-3}\nprise: 1 PLN\n")
    made.write("wrong/d.yaml", "kind: Offer\nname: A-4\ncontent: {title: Kubek}\n")
    pulled = pull(Workspace(made.root), (), made.root, Silent())
    offers = [path for path in pulled.files if path.startswith("offers/")]
    assert [path.rpartition("/")[2] for path in offers] == ["a-5.yaml"]
    assert any(note.startswith("4 documents have mistakes") for note in pulled.notes)


@pytest.mark.parametrize(
    "text", ["kind: Offer\nname: [\n", "kind: Defaults\nsync: {prise: off}\n", "kind: Offer\nprise: 1 PLN\n"]
)
def test_where_nobody_knows_what_is_declared_nothing_is_pulled(tmp_path, text):
    """A file that cannot be read, a document without a name, and Defaults that would be inherited."""
    made = world.World.make(tmp_path, world.seller([world.live_offer(1, "A-1")]), [])
    made.write("offers/wrong.yaml", text)
    with pytest.raises(BadDocuments):
        pull(Workspace(made.root), (), made.root, Silent())
    assert [path.name for path in made.root.glob("offers/**/*.yaml")] == ["wrong.yaml"]


def test_a_second_pull_reads_in_full_what_has_no_document(tmp_path):
    """Nothing of what has one and is remembered; what lost its document, and all where the memory is gone."""
    made = world.World.make(tmp_path, world.seller([world.live_offer(n, f"A-{n}") for n in range(5)]), [])

    def read_by_a_pull():
        made.forget_requests()
        written = pull(Workspace(made.root), (), made.root, Silent()).documents.get("Offer", 0)
        asked = [each["url"].partition("?")[0] for each in made.sent()]
        return {path[-1] for path in asked if path.startswith("/sale/product-offers/")}, written

    assert read_by_a_pull() == (set("01234"), 5)
    assert read_by_a_pull() == (set(), 0)
    next(made.root.glob("offers/*/a-3.yaml")).unlink()
    assert read_by_a_pull() == (set("3"), 1)
    assert made.plan().changes == ()
    for file in (made.root / ".reconcile").glob("ledger.db*"):
        file.unlink()
    assert read_by_a_pull() == (set("01234"), 0)
    assert read_by_a_pull() == (set(), 0)


@pytest.mark.parametrize("forgotten", [False, True], ids=["remembered", "forgotten"])
def test_a_bundle_keeps_the_document_that_it_has(tmp_path, forgotten):
    """It bears no key: it is known by its offers, whatever its document is called, and by what is remembered."""
    products = (torture_shop.example.PRODUCT, world.SECOND_PRODUCT)
    live = [torture_shop.live_offer(number, f"A-{number}", products[number % 2]) for number in range(4)]
    made = world.World.make(tmp_path, world.seller(live), [torture_shop.bundle("na prezent", ("A-0", "A-1"))])
    made.converge()
    if forgotten:
        for file in (made.root / ".reconcile").glob("ledger.db*"):
            file.unlink()
    pulled = pull(Workspace(made.root), (), made.root, Silent())
    assert (pulled.documents["Offer"], "Bundle" in pulled.documents) == (4, False)
    found = made.plan()
    assert (found.changes, [each.code for each in found.diagnostics if each.severity is Severity.ERROR]) == (
        (),
        [],
    )
    (file,) = (each for each in made.root.rglob("*.yaml") if "na prezent" in each.read_text("utf-8"))
    written = file.read_text("utf-8")
    if not forgotten:  # else nobody knows which one a document with a mistake stands for
        file.write_text(written.replace('"slots"', '"slot"').replace("slots:", "slot:"), "utf-8")
        assert pull(Workspace(made.root), (), made.root, Silent()).documents == {}
    file.unlink()
    assert pull(Workspace(made.root), (), made.root, Silent()).documents == {"Bundle": 1}
