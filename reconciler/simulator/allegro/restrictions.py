"""What a category lets a parameter be: how many values, how long, between which numbers, with how many decimals.

The `restrictions` of IntegerCategoryParameter, FloatCategoryParameter, StringCategoryParameter and
DictionaryCategoryParameter.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.shapes import Faults
from reconciler.simulator.world import Json

NUMBERS = {"integer", "float"}


def check_restrictions(definition: Json, shown: Json, path: str, faults: Faults) -> None:
    """Check the values of one parameter as they were sent."""
    limits, kind = definition.get("restrictions") or {}, definition.get("type")
    between = shown["rangeValue"]
    if bool(limits.get("range")) != bool(between) and (between or shown["values"]):
        words = "takes a range: from and to" if limits.get("range") else "takes no range"
        _refuse(faults, "InvalidParameterRange", definition, words, f"{path}.rangeValue")
        return
    _check_count(definition, limits, shown, path, faults)
    if kind in NUMBERS:
        _check_numbers(definition, limits, shown, path, faults)
    elif kind == "string":
        for value in shown["values"]:
            _check_length(definition, limits, str(value), path, faults)


def _refuse(faults: Faults, code: str, definition: Json, words: str, path: str) -> None:
    name = str(definition["name"])
    message = f"The parameter {name} {words}."
    faults.append(fault(code, message, path, parameterId=str(definition["id"]), parameterName=name))


def _check_count(definition: Json, limits: Json, shown: Json, path: str, faults: Faults) -> None:
    most = limits.get("allowedNumberOfValues")
    if most is None:
        most = 1_000 if limits.get("multipleChoices") else 1
    if max(len(shown["values"]), len(shown["valuesIds"] or [])) > most:
        words = "takes one value" if most == 1 else f"takes {most} values"
        _refuse(faults, "TooManyValues", definition, words, f"{path}.values")


def _check_numbers(definition: Json, limits: Json, shown: Json, path: str, faults: Faults) -> None:
    between = shown["rangeValue"] or {}
    said = [(f"{path}.rangeValue.{end}", between[end]) for end in ("from", "to") if end in between]
    said += [(f"{path}.values", value) for value in shown["values"]]
    read = [(where, _number(value)) for where, value in said]
    for where, number in read:
        if number is None:
            _refuse(faults, "InvalidParameterValue", definition, "takes a number", where)
        else:
            _check_number(definition, limits, number, where, faults)
    ends = [number for _, number in read if number is not None]
    if between and len(ends) == 2 and ends[0] > ends[1]:
        _refuse(faults, "InvalidParameterRange", definition, "goes from the smaller to the larger", path)


def _number(value: Any) -> Decimal | None:
    text = str(value).replace(",", ".")
    return Decimal(text) if re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", text, re.ASCII) else None


def _check_number(definition: Json, limits: Json, number: Decimal, where: str, faults: Faults) -> None:
    least, most = limits.get("min"), limits.get("max")
    if least is not None and number < Decimal(str(least)):
        _refuse(faults, "ParameterValueTooSmall", definition, f"takes {least} at least", where)
    if most is not None and number > Decimal(str(most)):
        _refuse(faults, "ParameterValueTooLarge", definition, f"takes {most} at most", where)
    decimals = 0 if definition["type"] == "integer" else limits.get("precision")
    if decimals is not None and number != round(number, int(decimals)):
        _refuse(faults, "ParameterPrecision", definition, f"takes {decimals} decimals", where)


def _check_length(definition: Json, limits: Json, value: str, path: str, faults: Faults) -> None:
    least, most = limits.get("minLength"), limits.get("maxLength")
    if least is not None and len(value) < least:
        words = f"takes {least} characters at least"
        _refuse(faults, "ParameterValueTooShort", definition, words, f"{path}.values")
    if most is not None and len(value) > most:
        words = f"takes {most} characters at most"
        _refuse(faults, "ParameterValueTooLong", definition, words, f"{path}.values")
