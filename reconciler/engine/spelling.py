"""What a value of a document comes to in its field: the one spelling of it, and the names of its images."""

from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct

from reconciler.engine.canonical import spelling_of
from reconciler.engine.embedded import Embedded
from reconciler.model.offers import Key
from reconciler.model.spec import FieldSpec, MarketplaceSpec, Type
from reconciler.model.values import Value

#: The types whose values name images.
_WITH_IMAGES = (Type.IMAGES, Type.SECTIONS)
#: Turns the source of an image (a path of the project, or an address) into its canonical name or address; with
#: `of` that of the image of one offer.
ImageName = Callable[..., str]
#: No value of a field is this one: it stands for one that says nothing of the account's own site.
SAYS_NOTHING = object()


class SpelledField(Struct):
    """A field of many documents. What they inherit is one and the same object: it is spelled once, and kept once.

    `spell` is for values that are not null. `came` is the last value that was spelled, kept so that no other takes
    its place in memory, and `spelled` what came of it; `sources` are the images in it. `each`: what comes of it is
    another one for each resource.
    """

    known: FieldSpec
    spell: Callable[[Value], Value]
    with_images: bool
    each: bool
    came: Value = SAYS_NOTHING
    spelled: Value = None
    sources: tuple[str, ...] = ()


class ValueSpelling:
    """Spells the values of one account's documents."""

    def __init__(self, spec: MarketplaceSpec, image: ImageName, parts: Embedded) -> None:
        self._spec, self._image, self._parts = spec, image, parts

    def field(self, known: FieldSpec) -> SpelledField:
        """Begin with a field."""
        pictured = known.type in _WITH_IMAGES
        each = pictured and self._spec.images.of == "offer"
        return SpelledField(known, spelling_of(known.type), pictured, each)

    def of(self, field: SpelledField, value: Value, key: Key) -> Value:
        """Return the one spelling of a value; SAYS_NOTHING where it speaks of others only. Raise ValueError."""
        known, plain = field.known, value
        if known.type is Type.TAX and (plain := _of_site(value, self._spec)) == {} and value:
            return SAYS_NOTHING
        if known.embeds:
            plain = self._parts.value(known, plain)
        spelled = known.cleared if plain is None else field.spell(plain)
        if field.with_images:
            field.sources = _sources(known, spelled)
            if field.sources:
                named = partial(self._image, of=key.name) if field.each else self._image
                spelled = _with_images(known, spelled, named)
        if not field.each:
            field.came, field.spelled = value, spelled
        return spelled


def _of_site(value: Value, spec: MarketplaceSpec) -> Value:
    """Return a tax as the account's own site takes it: of one country, where it takes no others."""
    country = spec.marketplaces[spec.base_market].country
    if not country or not isinstance(value, Mapping):
        return value
    return {country: value[country]} if country in value else {}


def _sources(known: FieldSpec, value: Value) -> tuple[str, ...]:
    """Return the images of a value as documents name them."""
    if value is None:
        return ()
    if known.type is Type.IMAGES:
        return tuple(value)
    return tuple([item["image"] for section in value for item in section if "image" in item])


def _with_images(known: FieldSpec, value: Value, image: ImageName) -> Value:
    """Return a value in which some images are named, with what these are called."""
    if known.type is Type.IMAGES:
        return [image(source) for source in value]
    return [
        [{"image": image(item["image"])} if "image" in item else item for item in section] for section in value
    ]
