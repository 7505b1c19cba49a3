"""`init --offer`: the file of a new offer, with its toggles from the first apply on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconciler.cli.main import run
from reconciler.model.modules import Module

SECOND = "accounts:\n  main: {marketplace: allegro, environment: simulator, login: a}\n  second: {marketplace: allegro, environment: simulator, login: b}\n"


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project as `init` makes it."""
    root = tmp_path / "shop"
    assert run(["init", str(root)]) == 0
    capsys.readouterr()
    return root


def begin(root: Path, name: str, *more: str) -> int:
    return run(["-C", str(root), "init", "--offer", name, *more])


def test_it_is_valid_as_it_is(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All six modules with what they cover; filled in, it is an offer."""
    assert begin(shop, "Kubek żółty 500") == 0
    assert "wrote  offers/kubek-zolty-500.yaml" in capsys.readouterr().out
    file = shop / "offers" / "kubek-zolty-500.yaml"
    text = file.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schemas/offer.schema.json\nkind: Offer\n")
    body = yaml.safe_load(text)
    assert list(body) == ["kind", "name", "sync", "settings", "delivery"]
    assert (body["name"], body["settings"], body["delivery"]["prices"]) == (
        "Kubek żółty 500",
        "standard",
        "paczkomaty",
    )
    assert body["sync"] == dict.fromkeys(map(str, Module), "auto")
    assert run(["-C", str(shop), "validate"]) == 0
    file.write_text("\n".join(_filled_in(line) for line in text.splitlines()) + "\n", "utf-8")
    whole = yaml.safe_load(file.read_text("utf-8"))
    assert {*map(str, Module)} <= whole.keys()
    assert run(["-C", str(shop), "validate"]) == 0
    known = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("bundle:")]
    file.write_text("\n".join(known) + "\n", "utf-8")  # the practice catalogue has one product
    assert run(["-C", str(shop), "plan"]) == 0
    assert "+ Kubek żółty 500" in capsys.readouterr().out


def _filled_in(line: str) -> str:
    """Take the sign of a comment from a line that is a section."""
    section = line.startswith("# ") and (line[2:3] == " " or line[2:].partition(":")[0] in set(map(str, Module)))
    return line.removeprefix("# ") if section and "sync" not in line else line


def test_toggles_are_those_that_it_inherits(shop: Path) -> None:
    """With the level that decides, the nearest one."""
    (shop / "templates" / "standard.yaml").write_text(
        "kind: SettingsTemplate\nname: standard\ninvoice: vat\nsync: {delivery: manual}\n", "utf-8"
    )
    (shop / "offers" / "_defaults.yaml").write_text(
        "kind: Defaults\nsync: {price: off}\nOffer:\n  stock: {always: 5}\n", "utf-8"
    )
    assert begin(shop, "nowy") == 0
    text = (shop / "offers" / "nowy.yaml").read_text("utf-8")
    body = yaml.load(text, yaml.BaseLoader)
    assert (body["sync"]["delivery"], body["sync"]["price"], body["sync"]["stock"]) == ("manual", "off", "auto")
    lines = {line.split(":")[0].strip(): line for line in text.splitlines()}
    assert "delivery: manual" in text
    assert "(template standard)" in text
    assert "(defaults offers/_defaults.yaml)" in lines["price"]
    assert "(project)" in lines["stock"]
    assert "# stock:" not in text


def test_nothing_is_overwritten(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop / "offers" / "nowy.yaml"
    file.write_text("# mine\n", "utf-8")
    assert begin(shop, "Nowy") == 1
    assert "offers/nowy.yaml is there already, and is left as it is" in capsys.readouterr().err
    assert file.read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("kubek-acme-300", (), "error[D301]: the name `kubek-acme-300` is taken"),
        (" x", (), "error[D207]"),
        ("\u2060", (), "error[D534]"),
        ("x", ("--account", "man"), "error[D302]: there is no account man"),
        ("x", ("--into", "../elsewhere"), "may lie outside of the project"),
        ("x", ("--into", "/tmp"), "may lie outside of the project"),
        ("x", ("--into", ".hidden"), "is hidden"),
        ("x", ("--into", "old/b"), "left out by `ignore:`"),
    ],
)
def test_what_cannot_be(
    name: str, more: tuple[str, ...], said: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written then."""
    project = shop / "reconcile.yaml"
    project.write_text(project.read_text("utf-8") + "ignore: [old]\n", "utf-8")
    before = sorted(shop.rglob("*"))
    assert begin(shop, name, *more) == 1
    assert said in capsys.readouterr().err
    assert sorted(shop.rglob("*")) == before


def test_of_several_accounts(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder says it, or `--account`; what neither says is asked for."""
    (shop / "reconcile.yaml").write_text(SECOND, "utf-8")
    (shop / "offers" / "kubek-acme-300.yaml").unlink()
    (shop / "b").mkdir()
    (shop / "b" / "_defaults.yaml").write_text("kind: Defaults\naccount: second\n", "utf-8")
    assert begin(shop, "x") == 1
    said = capsys.readouterr().err
    assert "error[D303]" in said
    assert "--account NAME. The accounts are main, second." in said
    assert begin(shop, "x", "--account", "main") == 0
    assert yaml.safe_load((shop / "offers" / "x.yaml").read_text("utf-8"))["account"] == "main"
    assert begin(shop, "x", "--into", "b/kubki/") == 0
    text = (shop / "b" / "kubki" / "x.yaml").read_text("utf-8")
    assert "account" not in yaml.safe_load(text)
    assert "$schema=../../schemas/offer.schema.json" in text
    assert begin(shop, "y", "--into", "b", "--account", "main") == 0
    assert yaml.safe_load((shop / "b" / "y.yaml").read_text("utf-8"))["account"] == "main"
    assert run(["-C", str(shop), "validate"]) == 0


def test_what_it_may_use(shop: Path) -> None:
    """Of several templates and price lists it is one's own choice; a source is offered that gives stock."""
    for number in (1, 2):
        (shop / f"t{number}.yaml").write_text(f"kind: SettingsTemplate\nname: t{number}\ninvoice: vat\n", "utf-8")
    (shop / "delivery" / "paczkomaty.yaml").unlink()
    (shop / "offers" / "kubek-acme-300.yaml").unlink()
    columns = "columns: {item: text, quantity: whole}"
    orders = "orders: {by: erp, within: 15m}"
    (shop / "erp.yaml").write_text(
        f"kind: Source\nname: erp\ntype: csv\npath: a.csv\n{columns}\n{orders}\n", "utf-8"
    )
    assert begin(shop, "nowy", "--into", ".") == 0
    text = (shop / "nowy.yaml").read_text("utf-8")
    assert "# settings: t1                # or t2, standard\n" in text
    assert (
        "# delivery: {prices: paczkomaty, handling: PT24H}  # a DeliveryPriceList, here or on the account" in text
    )
    assert "# stock: {from: erp}" in text
    assert run(["-C", str(shop), "validate"]) == 0


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "x"), "--into", "y"]) == 64
    assert not (tmp_path / "x").exists()
    assert run(["-C", str(tmp_path), "init", "--offer", "x"]) == 1
    assert "error[D306]" in capsys.readouterr().err
