"""Parameters that a marketplace tells in another language than its catalogue: their numbers say which they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.catalogue import Parameter
from reconciler.model.offers import OFFER, Live
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.lookups import parameters_of

_PATH, _CATEGORY = "content.parameters", "content.category"


async def translate(opened: Session, wanted: Mapping[str, Any], live: Live) -> None:
    """Call what is live as the catalogue does, where a document says it otherwise than it is shown."""
    field = opened.spec.kinds[OFFER].fields.get(_PATH)
    declared, there = wanted.get(_PATH), live.fields.get(_PATH)
    category = live.fields.get(_CATEGORY) or wanted.get(_CATEGORY)
    if field is None or not field.translated or not declared or not there or not category:
        return
    if all(_is_said(name, value, there) for name, value in declared.items()):
        return
    known = {each.id: each for each in await parameters_of(opened, str(category))}
    told = {n: {**said, **_in_its_words(known[n], said)} if n in known else said for n, said in there.items()}
    live.fields[_PATH] = told  # type: ignore[index]  # the mapping was made for this look; parts are many offers'


def _is_said(name: str, value: Any, there: Mapping[str, Any]) -> bool:
    """Tell whether a parameter is shown with the very words of a document."""
    found = next(_named(name, there), None)
    if found is None or not isinstance(value, list | tuple):
        return found is None and value is None
    return {str(each).casefold() for each in value} in (_folded(found["values"]), _folded(found["ids"]))


def _named(name: str, there: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    folded = name.casefold()
    yield from (each for number, each in there.items() if name == number or each["name"].casefold() == folded)


def _folded(values: list[str]) -> set[str]:
    return {each.casefold() for each in values}


def _in_its_words(known: Parameter, said: Mapping[str, Any]) -> dict[str, Any]:
    texts = [known.dictionary.get(number, "") for number in said["ids"]]
    return {"name": known.name, "values": texts} if texts and all(texts) else {"name": known.name}
