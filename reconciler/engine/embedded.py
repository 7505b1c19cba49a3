"""What documents say that is no thing of its own on a marketplace: it is written with what names it. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from reconciler.documents.effective import Effective
from reconciler.model.spec import FieldSpec, MarketplaceSpec
from reconciler.model.values import Value


class Embedded(Struct, frozen=True):
    """The parts of documents that fields of an account embed: (kind, name) -> what it says."""

    title: str
    parts: Mapping[tuple[str, str], Value]
    kinds: frozenset[str]

    def value(self, known: FieldSpec, value: Value) -> Value:
        """Return what is written for a name. What an offer says itself stays.

        ValueError where there is no document of the name, or an id is named: there are none.
        """
        if not known.embeds or value is None:
            return value
        kind = known.embeds.partition(".")[0]
        if isinstance(value, Mapping):
            if "id" in value:
                raise ValueError(f"{self.title} has no {kind} with an id: name a document")
            return value
        if (kind, str(value)) not in self.parts:
            raise ValueError(f"there is no document {kind} `{value}`, and {self.title} has none of its own")
        return self.parts[kind, str(value)]


def embedded(documents: Iterable[Effective], spec: MarketplaceSpec) -> Embedded:
    """Gather what the documents of an account say that other documents of it embed."""
    fields = [field for kind in spec.kinds.values() for field in kind.fields.values() if field.embeds]
    wanted = dict(field.embeds.split(".", 1) for field in fields)
    found: dict[tuple[str, str], Value] = {}
    for each in documents if wanted else ():
        part = wanted.get(each.document.kind)
        if part is not None:
            found[each.document.kind, each.document.name] = each.body.get(part) or {}
    return Embedded(spec.title, found, frozenset(wanted))
