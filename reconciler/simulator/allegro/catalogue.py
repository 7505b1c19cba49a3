"""Categories, their parameters, and the products of the catalogue."""

from __future__ import annotations

import orjson

from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

ROOT = "954b95b6-43cf-4104-8354-dea4d9b10ddf"  # default of parent.id (getCategoriesUsingGET)


def category(world: AllegroWorld, key: str) -> Json | None:
    row = world.store.one("SELECT body FROM categories WHERE id = ?", key)
    return None if row is None else orjson.loads(row[0])


def parameters_of(world: AllegroWorld, key: str | None) -> dict[str, Json]:
    """The definitions of a category's parameters by id."""
    row = world.store.one("SELECT parameters FROM categories WHERE id = ?", key)
    return {} if row is None else {one["id"]: one for one in orjson.loads(row[0])}


def product(world: AllegroWorld, key: str) -> Json | None:
    row = world.store.one("SELECT body FROM products WHERE id = ?", key)
    return None if row is None else orjson.loads(row[0])


def products_by_code(world: AllegroWorld, code: str) -> list[str]:
    return [row[0] for row in world.store.all("SELECT product FROM codes WHERE code = ? ORDER BY product", code)]


def keep_product(world: AllegroWorld, body: Json) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO products VALUES (?, ?, ?, ?)",
        body["id"], body["name"], body["category"], orjson.dumps(body),
    )  # fmt: skip
    world.store.many("INSERT OR IGNORE INTO codes VALUES (?, ?)", [(code, body["id"]) for code in body["gtins"]])


def list_categories(call: AllegroCall) -> Reply:
    parent = call.arg("parent.id", ROOT)
    if parent == ROOT:
        rows = call.world.store.all("SELECT body FROM categories WHERE parent IS NULL ORDER BY id")
    else:
        rows = call.world.store.all("SELECT body FROM categories WHERE parent = ? ORDER BY id", parent)
        if not rows and category(call.world, parent) is None:
            raise refuse(404, "NotFoundException", "The category was not found.", "parent.id")
    return Reply(200, b'{"categories":[' + b",".join(row[0] for row in rows) + b"]}")


def read_category(call: AllegroCall) -> Reply:
    return Reply(200, _required(call))


def list_parameters(call: AllegroCall) -> Reply:
    _required(call)
    found = parameters_of(call.world, call.params["categoryId"])
    return Reply(200, {"parameters": list(found.values())})


def list_product_parameters(call: AllegroCall) -> Reply:
    """The part of the parameters that describes products."""
    _required(call)
    found = parameters_of(call.world, call.params["categoryId"]).values()
    mine = [one for one in found if one.get("options", {}).get("describesProduct")]
    # CategoryProductParameter has neither of these (getFlatProductParametersUsingGET).
    apart = {"options", "requiredForProduct"}
    return Reply(200, {"parameters": [{k: v for k, v in one.items() if k not in apart} for one in mine]})


def _required(call: AllegroCall) -> Json:
    found = category(call.world, call.params["categoryId"])
    if found is None:
        raise refuse(404, "NotFoundException", "The category was not found.")
    return found


def search_products(call: AllegroCall) -> Reply:
    """GET /sale/products: by GTIN exactly, otherwise by words of the name."""
    phrase, mode = call.arg("phrase"), call.arg("mode")
    if not phrase and not call.arg("category.id"):
        raise refuse(422, "VALIDATION_ERROR", "A phrase or a category is needed.", "phrase")
    if mode not in {"", "GTIN", "MPN"}:
        raise refuse(422, "VALIDATION_ERROR", "The mode is not known.", "mode")
    ids = products_by_code(call.world, phrase) if mode else _by_words(call, phrase)
    offset = call.number("page.id", 0, 0, 1_000_000, 422)
    found = [product(call.world, key) for key in ids[offset : offset + 30]]
    answer: Json = {"products": [product_row(call.world, one) for one in found if one], "filters": []}
    answer["categories"] = {"subcategories": [], "path": []}
    if len(ids) > offset + 30:
        answer["nextPage"] = {"id": str(offset + 30)}
    return Reply(200, answer)


def _by_words(call: AllegroCall, phrase: str) -> list[str]:
    sql, values = "SELECT id FROM products WHERE 1", []
    for word in phrase.split():
        sql += " AND name LIKE ?"
        values.append(f"%{word}%")
    if call.arg("category.id"):
        sql += " AND category = ?"
        values.append(call.arg("category.id"))
    found = [row[0] for row in call.world.store.all(sql + " ORDER BY id", *values)]
    return found or products_by_code(call.world, phrase)


def read_product(call: AllegroCall) -> Reply:
    found = product(call.world, call.params["productId"])
    if found is None:
        raise refuse(404, "ProductNotFoundException", "The product was not found.")
    return Reply(200, product_row(call.world, found))


def product_row(world: AllegroWorld, body: Json) -> Json:
    """A product as reads show it (SaleProductDto)."""
    row: Json = {
        "id": body["id"],
        "name": body["name"],
        "category": {"id": body["category"], "path": _path(world, body["category"]), "similar": []},
        "images": [{"url": url} for url in body["images"]],
        "parameters": [_parameter(one) for one in body["parameters"]],
        "publication": {"status": body["status"]},
        "productSafety": {
            "responsibleProducers": body["responsible_producers"] or None,
            "safetyInformation": body["safety"],
        },
        "hasProtectedBrand": False,
    }
    if body["description"]:
        row["description"] = body["description"]
    return row


def _parameter(one: Json) -> Json:
    shown = {key: value for key, value in one.items() if value is not None and key != "rangeValue"}
    if one.get("rangeValue"):
        shown["rangeValue"] = one["rangeValue"]
    shown["valuesLabels"] = list(one.get("values") or [])
    shown.setdefault("options", {"identifiesProduct": False, "isGTIN": False})
    return shown


def _path(world: AllegroWorld, key: str | None) -> list[Json]:
    path: list[Json] = []
    while key and len(path) < 12:
        found = category(world, key)
        if found is None:
            break
        path.insert(0, {"id": found["id"], "name": found["name"]})
        key = (found.get("parent") or {}).get("id")
    return path
