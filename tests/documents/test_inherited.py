"""What many offers inherit is spelled once, and each of them has it, or its mistake."""

from reconciler.documents.specs import load_spec
from reconciler.engine.resolve import resolve
from reconciler.model.values import Money

from .projects import offers, project

_OFFER = "kind: Offer\nname: {name}\nprice: 5.00 PLN\n"


def _resolved(**files: str):
    found = offers(project(**files))
    return resolve(found.values(), load_spec("allegro"), lambda source: source)


def test_a_mistake_that_offers_inherit_is_told_of_each() -> None:
    """A value that makes no sense is not remembered as one that does."""
    defaults = "kind: Defaults\nOffer: {delivery: {handling: P1M}}\n"
    desired, problems = _resolved(
        defaults=defaults, a=_OFFER.format(name="A"), b=_OFFER.format(name="B"), c=_OFFER.format(name="C")
    )
    assert [(each.code, each.about.name) for each in problems] == [("D501", name) for name in "ABC"]
    assert [dict(each.fields) for each in desired] == [{"price.base": Money.parse("5 PLN")}] * 3


def test_an_own_value_between_inherited_ones() -> None:
    """The one remembered is the last one, whoever said it."""
    defaults = "kind: Defaults\nOffer: {delivery: {handling: P2D}, settings: {template: t, invoice: vat}}\n"
    own = _OFFER.format(name="B") + "delivery: {handling: P1D}\nsettings: {invoice: no_invoice}\n"
    desired, problems = _resolved(
        defaults=defaults,
        t="kind: SettingsTemplate\nname: t\nrenewal: true\n",
        a=_OFFER.format(name="A"),
        b=own,
        c=_OFFER.format(name="C"),
    )
    told = [
        (each.fields["delivery.handling"], each.fields["settings.invoice"], each.fields["settings.renewal"])
        for each in desired
        if each.key.kind == "Offer"
    ]
    assert (told, problems) == (
        [("PT48H", "vat", True), ("PT24H", "no_invoice", True), ("PT48H", "vat", True)],
        (),
    )


def test_an_offer_that_does_not_sync_what_others_inherit() -> None:
    """What came of a section is kept for the offers that have the same modules off, and for no others."""
    off = _OFFER.format(name="{name}") + "sync: {{delivery: off}}\n"
    desired, problems = _resolved(
        defaults="kind: Defaults\nOffer: {delivery: {handling: P2D}, settings: {invoice: vat}}\n",
        a=_OFFER.format(name="A"),
        b=_OFFER.format(name="B"),
        c=_OFFER.format(name="C"),
        d=off.format(name="D"),
        e=off.format(name="E"),
        f=_OFFER.format(name="F"),
    )
    both, rest = {"delivery.handling": "PT48H"}, {"settings.invoice": "vat", "price.base": Money.parse("5 PLN")}
    assert not problems
    assert {each.key.name: (each.fields, each.unsynced) for each in desired} == {
        **dict.fromkeys("ABCF", (both | rest, {})),
        **dict.fromkeys("DE", (rest, both)),
    }


def test_a_template_that_only_the_offer_names() -> None:
    """The folder's template is looked for once; an offer's own name goes before it."""
    desired, _ = _resolved(
        defaults="kind: Defaults\nOffer: {settings: {template: t}}\n",
        t="kind: SettingsTemplate\nname: t\nrenewal: true\n",
        u="kind: SettingsTemplate\nname: u\nrenewal: false\n",
        a=_OFFER.format(name="A"),
        b=_OFFER.format(name="B") + "settings: u\n",
        c=_OFFER.format(name="C"),
    )
    renewal = {each.key.name: each.fields["settings.renewal"] for each in desired if each.key.kind == "Offer"}
    assert renewal == {"A": True, "B": False, "C": True}
