"""What a person does to the files of a project. Two numbers say to which of them, and how."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pictures
import world

from .shop import Json, Shop

Step = Callable[[Shop, int, int], object]
TITLES = ("Kubek duży niebieski", "Talerz głęboki zielony", "Dzbanek szklany z uchem")


def price(shop: Shop, which: int, how: int) -> None:
    shop.edit("Offer", which, lambda body: body.update(price=f"{40 + how}.00 PLN"))


def windows(shop: Shop, which: int, how: int) -> None:
    """A price for a time, which begins and ends as the clock is stepped."""
    start = shop.machine.moment + timedelta(minutes=how % 3 * 60 - 60)
    spans = (start, start + timedelta(hours=2)), (start + timedelta(hours=2), start + timedelta(hours=26))
    said = [
        {
            "from": f"{begin:%Y-%m-%dT%H:%MZ}",
            "until": f"{end:%Y-%m-%dT%H:%MZ}",
            "base": f"{33 + how % 7 + n}.00 PLN",
        }
        for n, (begin, end) in enumerate(spans)
    ]
    shop.edit("Offer", which, lambda body: body.update(price={"base": "47.00 PLN", "windows": said}))


def content(shop: Shop, which: int, how: int) -> None:
    values: list[Json] = [
        {"title": TITLES[which % 3]},
        {"parameters": {"Stan": ("Nowy", "Używany")[which % 2]}},
        {"description": f"<p>Opis numer {which}</p>"},
        {"description": {"template": "szablony/opis.html"}},
        {"images": ["zdjecia/a.png"]},
    ]
    shop.edit("Offer", which, lambda body: body.setdefault("content", {}).update(values[how % 5]))


def stock(shop: Shop, which: int, how: int) -> None:
    forms = (
        how,
        {"always": how % 9 + 1},
        {"count": how},
        {"quantity": how + 1, "status": "active"},
        {"from": "erp"},
    )
    more: Json = {"item": "K09"} if how % 5 == 4 else {}
    shop.edit("Offer", which, lambda body: body.update(stock=forms[how % 5], **more))


def undeclare(shop: Shop, which: int, how: int) -> None:
    """A section of a document is taken out: it is managed no longer."""
    shop.edit("Offer", which, lambda body: body.pop(("price", "stock", "content", "delivery")[how % 4], None))


def defaults(shop: Shop, which: int, how: int) -> None:
    values: list[Json] = [
        {"delivery": {"handling": ("PT24H", "PT48H", "PT72H")[which % 3]}},
        {"price": f"{50 + which}.00 PLN"},
        {"settings": "standard"},
        {"stock": 5},
    ]
    shop.edit("Defaults", which, lambda body: body.setdefault("Offer", {}).update(values[how % 4]))


def template(shop: Shop, which: int, how: int) -> None:
    invoice = ("vat", "no_invoice", "vat_margin")[how % 3]
    shop.edit("SettingsTemplate", which, lambda body: body.update(invoice=invoice))


def text(shop: Shop, _which: int, how: int) -> None:
    shop.write("szablony/opis.html", f"<p>Nowy opis {how % 5}</p>")


def price_list(shop: Shop, which: int, how: int) -> None:
    methods = {world.LOCKER_NAME: f"{10 + how % 9}.49 PLN"}
    shop.edit("DeliveryPriceList", which, lambda body: body.update(methods=methods))


def picture(shop: Shop, _which: int, how: int) -> None:
    shop.write("zdjecia/a.png", pictures.png(800 + how % 4, 600))


def feed(shop: Shop, _which: int, how: int) -> None:
    shop.write("erp.csv", f"item,quantity\nK09,{how % 12}\n")


def sync(shop: Shop, which: int, how: int) -> None:
    kind = ("Offer", "Defaults", "SettingsTemplate")[how % 3]
    mode = ("off", "manual", "auto")[which % 3]
    module = ("price", "stock", "content", "delivery", "settings")[how % 5]
    if kind == "SettingsTemplate":
        module = "settings"
    shop.edit(kind, which, lambda body: body.setdefault("sync", {}).update({module: mode}))


def labels(shop: Shop, which: int, how: int) -> None:
    shop.edit(("Offer", "Defaults")[how % 2], which, lambda body: body.update(labels={"grupa": f"g{how % 3}"}))


def guards(shop: Shop, _which: int, how: int) -> None:
    limits: list[Json] = [
        {"price_change": 20},
        {"price_floor": "45.00 PLN"},
        {"updates": 2},
        {"price_change": "off"},
    ]
    shop.settings(lambda body: body["guards"].update(limits[how % 4]))


def project(shop: Shop, _which: int, how: int) -> None:
    """The project gets another name, or its toggles: what was remembered under the old name is not ours."""
    if how % 4:
        shop.settings(lambda body: body.update(sync={"content": ("auto", "off", "manual")[how % 3]}))
    else:
        shop.settings(lambda body: body.update(name=("sklep", "inny")[how // 4 % 2]))


def touch(shop: Shop, which: int, _how: int) -> None:
    """A file is written again as it was."""
    files = shop.files()
    shop.write(files[which % len(files)], (shop.root / files[which % len(files)]).read_bytes())


def rename_file(shop: Shop, which: int, how: int) -> None:
    path = shop.files()[which % len(shop.files())]
    _move(shop, path, f"{path.rpartition('/')[0]}/{'zb'[how % 2]}{which}-{shop.made}.yaml")


def move_file(shop: Shop, which: int, how: int) -> None:
    """A file of offers goes to another folder, under other defaults."""
    places = shop.places("Offer")
    if places:
        path = places[which % len(places)][0]
        _move(shop, path, f"{('oferty', 'oferty/kubki', 'oferty/talerze')[how % 3]}/{shop.made}.yaml")


def _move(shop: Shop, old: str, new: str) -> None:
    shop.made += 1
    target = shop.root / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (shop.root / old).rename(target)


def rename(shop: Shop, which: int, how: int) -> None:
    """An offer gets another name, and says its old one, or not."""
    shop.made += 1

    def change(body: Json) -> None:
        if how % 2:
            body["moved"] = {"from": body["name"]}
        body["name"] = f"R{shop.made}"

    shop.edit("Offer", which, change)


def moved_over(shop: Shop, which: int, _how: int) -> None:
    """The word that an offer was renamed is taken out again."""
    shop.edit("Offer", which, lambda body: body.pop("moved", None))


def delete(shop: Shop, which: int, _how: int) -> None:
    places = shop.places("Offer")
    if len(places) > 4:
        path, number = places[which % len(places)]
        shop.put(path, [each for n, each in enumerate(shop.read(path)) if n != number])


def released(shop: Shop, which: int, how: int) -> None:
    """A document goes, and a word stays that its offer is to be left alone."""
    places = shop.places("Offer")
    path, number = places[which % len(places)]
    name = shop.read(path)[number]["name"]
    delete(shop, which, how)
    shop.made += 1
    shop.put(f"zwolnione-{shop.made}.yaml", [{"kind": "Released", "account": "main", "names": [name]}])


def add(shop: Shop, which: int, how: int) -> None:
    """A new offer, one that is on the account already, or one that takes over a live one."""
    shop.made += 1
    if how % 3 == 0:
        body = world.whole_offer(f"N{shop.made + 10}", price=f"{70 + which}.00 PLN")
    elif how % 3 == 1:
        body = world.offer("K09", price=f"{70 + which}.00 PLN")
    else:
        login, there = shop.pick(which)
        body = world.offer(f"A{shop.made}", adopt=there["id"], price="71.00 PLN")
        body["account"] = "main" if login == shop.login else "second"
    shop.put(f"oferty/nowe-{shop.made}.yaml", [body])


def twice(shop: Shop, which: int, how: int) -> None:
    """Two documents have the same name."""
    places = shop.places("Offer")
    path, number = places[which % len(places)]
    shop.made += 1
    shop.put(f"oferty/{'za'[how % 2]}-{shop.made}.yaml", [shop.read(path)[number]])


def once(shop: Shop, _which: int, _how: int) -> None:
    """Of documents with the same name the first stays."""
    names: set[str] = set()
    for path, number in reversed([*shop.places("Offer")]):
        documents = shop.read(path)
        if documents[number]["name"] in names:
            shop.put(path, [each for n, each in enumerate(documents) if n != number])
        names.add(documents[number]["name"])


def breaks(shop: Shop, which: int, how: int) -> None:
    """A file can no longer be read, or says what no document may say."""
    path = shop.files()[which % len(shop.files())]
    old = (shop.root / path).read_text(encoding="utf-8")
    shop.broken[path] = old
    shop.write(path, old + ("\n]: {", "\n---\nkind: Nothing\n")[how % 2])


def mends(shop: Shop, _which: int, _how: int) -> None:
    for path, old in shop.broken.items():
        shop.write(path, old)
    shop.broken.clear()


def unseen(shop: Shop, which: int, how: int) -> None:
    """An edit that leaves the size and the moment of the file as they were."""
    places = shop.places("Offer")
    path, number = places[which % len(places)]
    before = (shop.root / path).stat()
    price(shop, which, 30 + how % 30)
    shop.write(path, (shop.root / path).read_bytes())
    documents = shop.read(path)
    documents[number]["price"] = f"{70 + how % 30}.00 PLN"
    shop.put(path, documents)
    os.utime(shop.root / path, ns=(before.st_atime_ns, before.st_mtime_ns))


EDITS: dict[str, Step] = {
    each.__name__: each
    for each in (
        *(price, windows, content, stock, undeclare, defaults, template, text, price_list, picture, feed),
        *(sync, labels, guards, project, touch, rename_file, move_file, rename, moved_over, delete, released),
        *(add, twice, once, breaks, mends, unseen),
    )
}
