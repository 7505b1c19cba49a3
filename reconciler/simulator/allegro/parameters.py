"""Parameters as sent (ids or names, values or their ids) turned into parameters as read (both)."""

from __future__ import annotations

from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.restrictions import check_restrictions
from reconciler.simulator.allegro.shapes import Faults
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.world import Json


def as_read(
    world: AllegroWorld, known: dict[str, Json], sent: list[Json], path: str, faults: Faults, *, product: bool
) -> list[Json]:
    """Check `sent` against the category's definitions; the two sections are strict (issue #7427)."""
    found = []
    for number, one in enumerate(sent):
        where = f"{path}[{number}]"
        definition = _definition(known, one, where, faults)
        if definition is None:
            continue
        if bool(definition.get("options", {}).get("describesProduct")) != product:
            message = "The parameter belongs to the other section, of the offer or of the product."
            name = definition["name"]
            faults.append(
                fault(
                    "ParameterCategoryException",
                    message,
                    where,
                    parameterId=definition["id"],
                    parameterName=name,
                )
            )
        found.append(_values(world, definition, one, where, faults))
    return in_server_order(world, found)


def in_server_order(world: AllegroWorld, found: list[Json]) -> list[Json]:
    """The server's own order, which is not the sender's."""
    return sorted(found, key=lambda one: str(one["id"])[::-1]) if world.normalises(12) else found


def _definition(known: dict[str, Json], one: Json, path: str, faults: Faults) -> Json | None:
    key, name = one.get("id"), one.get("name")
    if key is not None:
        if known and key not in known:
            message = "The parameter is not in this category."
            faults.append(fault("ParameterIdNotFoundException", message, f"{path}.id", parameterId=str(key)))
            return None
        return known.get(key) or {"id": key, "name": name or key, "type": "string"}
    same = [item for item in known.values() if item["name"] == name]
    if len(same) == 1:
        return same[0]
    code = "ParameterNameNotUniqueException" if same else "ParameterNameNotFoundException"
    faults.append(fault(code, "The name does not lead to one parameter.", f"{path}.name", parameterName=str(name)))
    return None


def _values(world: AllegroWorld, definition: Json, one: Json, path: str, faults: Faults) -> Json:
    shown: Json = {"id": definition["id"], "name": definition["name"], "values": one.get("values") or []}
    shown |= {"valuesIds": one.get("valuesIds"), "rangeValue": one.get("rangeValue")}
    if definition.get("type") == "dictionary":
        _dictionary(world, definition, shown, path, faults)
    elif shown["valuesIds"]:
        faults.append(fault("InvalidParameterValue", "The parameter has no dictionary.", f"{path}.valuesIds"))
    check_restrictions(definition, shown, path, faults)
    return shown


def _dictionary(world: AllegroWorld, definition: Json, shown: Json, path: str, faults: Faults) -> None:
    """Fill in names for ids and ids for names: reads return both."""
    by_id = {item["id"]: item["value"] for item in definition.get("dictionary") or []}
    by_name = {name: key for key, name in by_id.items()}
    ids, names = shown["valuesIds"], shown["values"]
    custom = bool(definition.get("options", {}).get("customValuesEnabled"))
    for key in ids or []:
        if key not in by_id:
            message = "The dictionary has no such value."
            faults.append(
                fault("InvalidDictionaryParameter", message, f"{path}.valuesIds", dictionaryValue=str(key))
            )
    for name in names:
        if not ids and name not in by_name and not custom:
            message = "The dictionary has no such value."
            faults.append(
                fault("DictionaryParameterValueNotFound", message, path, requestedDictionaryValue=str(name))
            )
    if not world.normalises(9):
        return
    if ids:
        # An "other" value goes with a text of the seller's own: the pair stays as it was sent (issue #5365).
        ambiguous = definition.get("options", {}).get("ambiguousValueId")
        shown["values"] = names if ambiguous in ids and names else [by_id.get(key, key) for key in ids]
    else:
        shown["valuesIds"] = [by_name[name] for name in names if name in by_name] or None
