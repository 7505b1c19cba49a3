"""Realistic plans to draw: a Polish seller's week, with an accident in it."""

from decimal import Decimal

from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Settling, Verb
from reconciler.model.diagnostics import error, warning
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Complaint, Fault, FaultKind, Outcome, Report, Result
from reconciler.model.plan import AccountPlan, Action, Breach, Forecast, Plan, Target, Violation
from reconciler.model.plan_json import sealed
from reconciler.model.timeline import Timeline
from reconciler.model.undone import Reason
from reconciler.model.values import Money


def pln(amount):
    return Money(Decimal(amount), "PLN")


def czk(amount):
    return Money(Decimal(amount), "CZK")


def field(path, before, after, *, at=None, module=None, **more):
    owner = module or (Module(path.partition(".")[0]) if path.partition(".")[0] in set(Module) else None)
    return FieldChange(path=path, module=owner, before=before, after=after, mark=at, **more)


def change(name, verb, *fields, number=None, title="", kind=OFFER, at=None, reason=""):
    return Change(
        key=Key("main", kind, name),
        verb=verb,
        remote_id=number,
        title=title,
        fields=fields,
        mark=at,
        reason=reason,
    )


def account(*changes, name="main", **more):
    base = AccountPlan(
        account=name,
        marketplace="allegro",
        login="acme-sklep",
        site="allegro https://api.allegro.pl acme-sklep",
        seen_at="2026-11-28T12:00:00+00:00",
        spec_revision="2026-07-18",
        complete=True,
        changes=changes,
        actions=(),
        counts={"declared": 2140, "live": 2188, "unmanaged": 0},
        reads={"GET /sale/offers": 3, "GET /sale/product-offers/{id}": 9},
        forecast=FORECAST,
    )
    return replace(base, **more)


FORECAST = Forecast(
    requests={
        "identity": 1,
        "Offer.price": 1,
        "Offer.edit": 30,
        "Offer.detail": 60,
        "Offer.list": 2,
        "report": 4,
        "operation": 9,
    },
    times={"Offer.price": 0.1, "Offer.edit": 0.723, "Offer.detail": 1.029, "Offer.list": 0.013, "report": 0.027},
    seconds=1.1,
    words={"Offer.edit": "edit offers", "Offer.price": "change prices"},
)


def plan(*accounts, **more):
    return sealed(Plan(id="p-1", digest="", created_at="2026-11-23T08:00:00Z", accounts=accounts, **more))


DESCRIPTION = (
    "<h1>Kubek ceramiczny ACME</h1><p>Kubek z grubej ceramiki, idealny do kawy i herbaty. "
    "Można go myć w zmywarce i używać w kuchence mikrofalowej.</p>"
    "<ul><li>pojemność 300 ml</li><li>wysokość 9,5 cm</li></ul><p>Wysyłamy w 24 godziny.</p>"
)


def mugs():
    mug = Mark("offers/mugs/kubek.yaml", 3)
    return change(
        "kubek-acme-300",
        Verb.UPDATE,
        field("price.base", pln("149.00"), pln("14.90"), at=Mark("offers/mugs/kubek.yaml", 14)),
        field("price.allegro-cz", czk("869"), None, at=Mark("offers/mugs/kubek.yaml", 15)),
        field("stock.quantity", 73, 24, at=Mark("offers/mugs/kubek.yaml", 17), drift=True),
        field(
            "content.title",
            "Kubek ceramiczny ACME 300 ml biały do kawy",
            "Kubek porcelanowy ACME 300 ml biały do kawy i herbaty",
            at=Mark("offers/mugs/kubek.yaml", 6),
            held=True,
        ),
        number="7780012345",
        title="Kubek ceramiczny ACME 300 ml biały do kawy",
        at=mug,
    )


def nested():
    place = Mark("offers/kettles/czajnik.yaml", 1)
    old = [
        [{"text": DESCRIPTION}],
        [{"image": "images/front.jpg@sha256:ab12"}, {"text": "<p>Gwarancja 24 miesiące.</p>"}],
    ]
    new = [
        [
            {
                "text": DESCRIPTION.replace("idealny do kawy", "stworzony do kawy").replace(
                    "w 24 godziny", "jeszcze dziś"
                )
            }
        ],
        [{"image": "images/front.jpg@sha256:ab12"}, {"text": "<p>Gwarancja 36 miesięcy.</p>"}],
        [{"text": "<p>Produkt polski.</p>"}],
    ]
    return change(
        "czajnik-retro-17",
        Verb.UPDATE,
        field(
            "content.parameters",
            {"Kolor": ["czerwony"], "Pojemność": ["1,7 l"], "Moc": {"from": "1800", "to": "2200"}, "Stan": None},
            {
                "Kolor": ["czerwony", "kremowy"],
                "Pojemność": ["1,7 l"],
                "Moc": {"from": "2000", "to": "2200"},
                "Stan": ["Nowy"],
            },
            at=Mark("offers/kettles/czajnik.yaml", 9),
        ),
        field("content.description", old, new, at=Mark("templates/opis-agd.yaml", 12)),
        field(
            "content.images",
            ["https://a.allegroimg.com/original/11/front", "https://a.allegroimg.com/original/11/back"],
            ["https://a.allegroimg.com/original/11/front", "images/side.jpg@sha256:77aa"],
            at=Mark("offers/kettles/czajnik.yaml", 20),
        ),
        number="7780045121",
        title="Czajnik elektryczny RETRO 1,7 l czerwony ze stali nierdzewnej z termometrem",
        at=place,
    )


def rates():
    return change(
        "paczkomaty-24h",
        Verb.UPDATE,
        field(
            "methods",
            {
                "Paczkomat InPost": {"first": pln("9.99"), "next": pln("0.00"), "max_quantity": 4},
                "Kurier DPD": {"first": pln("14.99")},
            },
            {
                "Paczkomat InPost": {"first": pln("11.49"), "next": pln("0.00"), "max_quantity": 4},
                "Kurier GLS": {"first": pln("13.99")},
            },
            at=Mark("delivery/paczkomaty.yaml", 4),
            module=Module.DELIVERY,
        ),
        kind="DeliveryPriceList",
        number="d3b1",
        at=Mark("delivery/paczkomaty.yaml", 1),
    )


def template_edit(count):
    names = [f"kubek-zima-{number:03}" for number in range(count)]
    return tuple(
        change(
            name,
            Verb.UPDATE,
            field("settings.return_policy", "zwroty-14", "zwroty-30", at=Mark("templates/standard.yaml", 7)),
            number=str(7_780_100_000 + index),
            title=f"Kubek zimowy ACME wzór nr {index}",
            at=Mark(f"offers/mugs/{name}.yaml", 1),
        )
        for index, name in enumerate(names)
    )


def new_offer():
    place = Mark("offers/mugs/filizanka.yaml", 3)
    return change(
        "filizanka-acme-90",
        Verb.CREATE,
        field("content.title", None, "Filiżanka do espresso ACME 90 ml porcelana biała", at=place),
        field("content.category", None, "257931", at=place),
        field("content.product", None, {"gtin": "5901234123457"}, at=place),
        field(
            "content.parameters",
            None,
            {"Stan": ["Nowy"], "Marka": ["ACME"], "Kolor": ["biały", "niebieski"]},
            at=place,
        ),
        field("content.description", None, [[{"text": "<p>Do espresso.</p>"}]], at=place),
        field("delivery.prices", None, "paczkomaty-24h", at=Mark("templates/standard.yaml", 4)),
        field("price.base", None, pln("39.90"), at=place),
        field("stock.quantity", None, 120, at=place),
        field("stock.status", None, "active", at=place),
        title="Filiżanka do espresso ACME 90 ml porcelana biała",
        at=place,
    )


def small():
    return (
        change(
            "talerz-27",
            Verb.ACTIVATE,
            field("stock.status", "ended", "active", at=Mark("offers/talerz.yaml", 9)),
            field("stock.quantity", 0, 40, at=Mark("offers/talerz.yaml", 8)),
            number="7780033001",
            title="Talerz płytki 27 cm granatowy",
            at=Mark("offers/talerz.yaml", 1),
        ),
        change(
            "wazon-stary",
            Verb.END,
            field("stock.status", "active", "ended"),
            number="7780033002",
            title="Wazon szklany 20 cm dymiony",
            reason="its document was removed",
        ),
        change(
            "misa-bambus",
            Verb.ADOPT,
            field("external_id", None, "misa-bambus", at=Mark("offers/misa.yaml", 4)),
            number="7780033003",
            title="Misa bambusowa na owoce 30 cm",
            at=Mark("offers/misa.yaml", 1),
        ),
        change(
            "szkic-1", Verb.DELETE, number="7780033004", title="Kubek testowy", reason="its document was removed"
        ),
        change(
            "obraz-aukcja",
            Verb.REPORT,
            field("price.base", pln("100"), pln("120")),
            number="7780033005",
            title="Obraz olejny pejzaż 40x60",
            reason="it is an auction: shown and left alone",
        ),
    )


def unsynced():
    rows = [
        ("kubek-acme-300", "price.base", pln("139.00"), pln("149.00"), "account main"),
        ("talerz-27", "price.base", pln("59"), pln("64.90"), "folder offers/talerze"),
        (
            "misa-bambus",
            "content.title",
            "Misa bambusowa na owoce 30 cm",
            "Misa z bambusa na owoce 30 cm",
            "offer",
        ),
    ]
    return tuple(
        change(name, Verb.REPORT, field(path, old, new, level=level), reason="not synced")
        for name, path, old, new, level in rows
    )


def violations():
    row = Breach(
        key=Key("main", OFFER, "kubek-acme-300"),
        path="price.base",
        before=pln("149.00"),
        after=pln("14.90"),
        percent=Decimal("-90.0"),
        mark=Mark("offers/kubek.yaml", 12, 8),
    )
    return (
        Violation(rule="price-shift", message="a decimal point has moved (x10, x100, /10, /100)", rows=(row,)),
        Violation(rule="price-change", message="prices may move by 50 % at most", rows=(row,)),
    )


def slips():
    """Mistakes in other kinds than offers."""
    courier = Breach(
        key=Key("main", "DeliveryPriceList", "paczkomaty-24h"),
        path='methods."Kurier DPD".first',
        before=pln("13.49"),
        after=pln("1349.00"),
        percent=Decimal("9900.0"),
        mark=Mark("shop/delivery.yaml", 9, 24),
    )
    bundle = Breach(
        key=Key("main", "Bundle", "zestaw"),
        path="discount.whole.allegro-pl",
        after=88,
        percent=Decimal("-88.0"),
        mark=Mark("bundle.yaml", 6, 39),
    )
    pieces = Breach(
        key=Key("main", OFFER, "garnek-5l"),
        path="stock.quantity",
        before=11,
        after=110_000,
        mark=Mark("offers/garnek.yaml", 14, 8),
    )
    grown = "no stock may grow by more than 1,000 pieces and to more than 20 times what it was"
    return (
        Violation(rule="price-change", message="prices may move by 50 % at most", rows=(courier, bundle)),
        Violation(rule="stock-change", message=grown, rows=(pieces,)),
    )


def week(*, refused=True):
    found = (
        warning(
            "P301",
            "`content.category` of garnek-5l (7780099001) differs and cannot be changed: it has been sold",
            mark=Mark("offers/garnek.yaml", 6, 13),
            detail="on the marketplace: 257912",
            hint="declare what is there, or leave the field out",
        ),
    )
    part = account(
        rates(),
        mugs(),
        nested(),
        *template_edit(812),
        new_offer(),
        *small(),
        unsynced=unsynced(),
        unmanaged=tuple(f"79000000{n:02}" for n in range(48)),
        counts={"declared": 2140, "live": 2188, "unmanaged": 48},
        violations=violations() if refused else (),
        limits={"price-change": ("50",), "ends": ({"count": 100, "share": "10"},)},
    )
    return plan(part, diagnostics=found)


def settling():
    """Two offers of which something was accepted a while ago, and nothing else."""
    new_price = change(
        "kubek-acme-300",
        Verb.UPDATE,
        field("price.base", pln("149.00"), pln("139.00"), at=Mark("offers/mugs/kubek.yaml", 14)),
        field("stock.quantity", 73, 24, at=Mark("offers/mugs/kubek.yaml", 17)),
        number="7780012345",
    )
    on_sale = change("talerz-27", Verb.ACTIVATE, field("stock.status", "ended", "active"), number="7780033001")
    return plan(
        account(
            settling=(
                Settling(change=new_price, accepted_at="2026-11-23T10:05:10+00:00"),
                Settling(change=on_sale, accepted_at="2026-11-23T10:05:40+00:00"),
            ),
            undone={
                Reason.SETTLING: (
                    "Offer/kubek-acme-300: price.base",
                    "Offer/kubek-acme-300: stock.quantity",
                    "Offer/talerz-27: stock.status",
                )
            },
            forecast=Forecast(),
        )
    )


def quiet():
    return plan(account(forecast=Forecast()))


def with_actions():
    key = Key("main", OFFER, "kubek-acme-300")
    target = Target(
        key=key, remote_id="7780012345", before={"price.base": pln("149.00")}, after={"price.base": pln("139.00")}
    )
    action = Action(id="a-1", kind=OFFER, operation="price", wave=40, targets=(target,))
    return plan(
        account(mugs(), actions=(action,), references={"ReturnPolicy": {"zwroty-14": "r-9"}}),
        only=("content",),
        allowed={"ends": "300"},
        diagnostics=(error("D1", "broken"),),
    )


def slow_report():
    """Everything was accepted, and one row does not show yet."""
    rows = [Outcome(action="a-1", key=Key("main", OFFER, f"kubek-{n}"), result=Result.APPLIED) for n in range(2)]
    late = Outcome(
        action="a-1",
        key=Key("main", OFFER, "talerz-27"),
        result=Result.UNKNOWN,
        settling=True,
        remote_id="7780033001",
        detail="accepted, but not there yet: price.base reads back as 59.00 PLN",
    )
    return Report(
        plan_id="p-1",
        outcomes=(*rows, late),
        started_at="2026-11-23T08:00:00Z",
        finished_at="2026-11-23T08:01:04Z",
        requests={"price": 1},
    )


def timeline():
    return Timeline(
        account="main",
        began="2026-11-23T08:00:00+00:00",
        width=1,
        sent={"price": (0, 1, 0, 0), "rest": (40, 30, 12, 35)},
        again=(0, 0, 3, 0),
        throttled=(0, 1, 0, 0),
        waiting=(0, 9, 4, 0),
        limits={"client": 150.0, "offer_writes": 41.5, "offer_reads": 700.0},
    )


def report():
    def row(name, result, **more):
        return Outcome(action="a-1", key=Key("main", OFFER, name), result=result, **more)

    refusal = Fault(
        kind=FaultKind.REJECTED,
        code="ConstraintViolationException.PriceTooLow",
        message="Cena musi być wyższa niż 1,00 zł",
        path="price.base",
        trace_id="0af7651916cd43dd",
    )
    lost = Fault(
        kind=FaultKind.UNKNOWN, code="timeout", message="no answer after 30 s", trace_id="4bf92f3577b34da6"
    )
    return Report(
        plan_id="p-1",
        outcomes=(
            *(row(f"kubek-zima-{n:03}", Result.APPLIED) for n in range(17)),
            row("kubek-acme-300", Result.REFUSED, remote_id="7780012345", fault=refusal),
            row(
                "talerz-27",
                Result.SKIPPED,
                remote_id="7780033001",
                stale=True,
                detail="price.base was 59.00 PLN in the plan and is 61.00 PLN now",
            ),
            row("czajnik-retro-17", Result.UNKNOWN, remote_id="7780045121", fault=lost),
        ),
        started_at="2026-11-23T08:00:00Z",
        finished_at="2026-11-23T08:00:14Z",
        requests={
            "identity": 1,
            "Offer.price": 1,
            "Offer.edit": 29,
            "Offer.detail": 61,
            "report": 4,
            "operation": 22,
        },
        seconds=14,
        forecast=FORECAST,
        timelines=(timeline(),),
    )


def refused_report():
    """What the marketplace refused, led home; something that it does not explain; and what was not sent."""

    def row(name, fault):
        return Outcome(
            action="a-1", key=Key("main", OFFER, name), result=Result.REFUSED, remote_id="7780012345", fault=fault
        )

    stan = Complaint(
        pointer="parameters[0]",
        message="No such value.",
        field="content.parameters",
        part=("Stan",),
        path="content.parameters.Stan",
        declared=["Nowiutki"],
        place="offers/mugs/kubek.yaml:9:11",
        allowed=("Nowy", "Używany"),
    )
    other = Complaint(pointer="contact.telephone", message="Nie ma takiego numeru.")
    words = "No such value.; Nie ma takiego numeru."
    theirs = Fault(
        kind=FaultKind.REJECTED, code="ValueNotFound", message=words, trace_id="0af7", complaints=(stan, other)
    )
    ours = Fault(
        kind=FaultKind.REJECTED,
        code="UnknownReference",
        message="There is no ReturnPolicy `nigdzie` on this account.",
        ours=True,
    )
    rows = (row("kubek", theirs), row("talerz", ours))
    return Report(
        plan_id="p-1", outcomes=rows, started_at="2026-11-23T12:00:00", finished_at="2026-11-23T12:00:14"
    )
