"""Names of other things: each is a document's that this plan creates, or stands on the account."""

from collections.abc import Iterator

from reconciler.engine.known.facts import AccountFacts, Catalogue
from reconciler.engine.known.products import ITEMS, PRODUCT
from reconciler.engine.known.subject import Subject
from reconciler.engine.known.words import instead
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.offers import OFFER, Key
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Value

_DELIVERY_METHOD = "DeliveryMethod"


class ReferenceJudge:
    """Judges names; the same one is compared with others once."""

    def __init__(self, account: AccountFacts) -> None:
        self._account = account
        self._said: dict[tuple[str, str], tuple[str, str, str] | None] = {}
        self._ids = {kind: set(names.values()) for kind, names in account.references.items()}
        for name, ids in account.ambiguous.items():
            self._ids.setdefault(name.partition("/")[0], set()).update(ids)

    def findings(self, subject: Subject) -> Iterator[Diagnostic]:
        """Yield an error for each name that an apply could not resolve."""
        kind = self._account.spec.kinds[subject.key.kind]
        if why := self._account.refused_kinds.get(kind.name):
            yield subject.problem("P205", f"the account has no {kind.label}s: {why}", "name", hint="take it away")
        for path, value in subject.after.items():
            known = kind.field(path)
            if known is None or not known.refers or value is None:
                continue
            for steps, label in _labels(known, path, value):
                wrong = self._wrong(known.refers, label, subject.key.account)
                if wrong:
                    code, summary, hint = wrong
                    yield subject.problem(code, f"`{path}`: {summary}", *steps, hint=hint)

    def _wrong(self, kind: str, label: str, account: str) -> tuple[str, str, str] | None:
        if (kind, label) not in self._said:
            self._said[kind, label] = self._judge(kind, label, account)
        return self._said[kind, label]

    def _judge(self, kind: str, label: str, account: str) -> tuple[str, str, str] | None:
        """Say what is wrong with one name. What stands there twice is told elsewhere, with both ids."""
        there, title = self._account.references.get(kind), self._title(kind)
        if kind in self._account.refused_kinds:
            why = self._account.refused_kinds[kind]
            return "P205", f"the account has no {title}s: {why}", "leave the field out"
        if there is None:
            return None
        key = Key(account, kind, label)
        if label in there or key in self._account.coming or f"{kind}/{label}" in self._account.ambiguous:
            return None
        if label.startswith("#"):
            known = label[1:] in self._ids.get(kind, set())
            return None if known else ("P204", f"the account has no {title} with the id {label[1:]}", _BY_NAME)
        declared = self._account.declared()
        if key in declared:
            hint = "let its module be synced, or name it with --only or --target; then it is created first"
            return "P203", f"the {title} {label!r} is declared, and this plan does not create it", hint
        names = [*there, *(each.name for each in declared if each.kind == kind)]
        hint = instead(
            label, names, what="There are", none=f"the account has no {title}, and no document declares one"
        )
        return "P202", f"there is no {title} {label!r}, neither in a document nor on the account", hint

    def _title(self, kind: str) -> str:
        if kind == _DELIVERY_METHOD:
            return "delivery method"
        return self._account.spec.kinds[kind].label


_BY_NAME = "name it by its name, or correct the id"


def _labels(known: FieldSpec, path: str, value: Value) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every name in a value, with the steps to it."""
    match known.type:
        case Type.REFERENCE:
            yield (path,), value
        case Type.REFERENCES:
            yield from (((path,), label) for label in value)
        case Type.RATES:
            yield from (((path, label), label) for label in value)
        case Type.SLOTS:
            for number, slot in enumerate(value):
                yield from (((path, number, "offers"), label) for label in slot["offers"])


def members(
    account: AccountFacts, catalogue: Catalogue, subject: Subject, by_name: dict[str, Subject]
) -> Iterator[Diagnostic]:
    """Yield what a bundle is not made of: its offers are on sale and of different products, and those of a slot of
    one category (openapi createFlexibleBundleUsingPOST)."""
    sold_by: dict[tuple[str, str], str] = {}
    for number, slot in enumerate(subject.after.get("slots") or ()):
        categories: dict[str, str] = {}
        for name in slot["offers"]:
            live = account.live.get((OFFER, account.references.get(OFFER, {}).get(name, name.removeprefix("#"))))
            coming = by_name.get(name)
            if live is None and coming is None:
                continue  # told as an unknown name
            status, category, companies = (
                _will_be(coming, live, path) for path in ("stock.status", "content.category", "settings.b2b_only")
            )
            steps = ("slots", number, "offers")
            if status != "active":
                said = "ended" if status == "ended" else "a draft"
                yield subject.problem(
                    "P206", f"the offer {name} is {said}, and a bundle takes offers on sale", *steps,
                    hint="put it on sale, or take it out of the bundle",
                )  # fmt: skip
            if companies:
                yield subject.problem("P207", f"the offer {name} is for companies only", *steps, hint=_OTHER)
            if category:
                categories.setdefault(str(category), name)
            sold = _products_of(coming, live, catalogue)
            others = [sold_by[each] for each in sold if sold_by.get(each, name) != name]
            if others:
                said = f"the offers {others[0]} and {name} are of the same product"
                yield subject.problem("P207", f"{said}, and a bundle takes it once", *steps, hint=_OTHER)
            sold_by |= dict.fromkeys(sold, name)
        if len(categories) > 1:
            told = ", ".join(f"{name} in {category}" for category, name in categories.items())
            yield subject.problem(
                "P207", f"the offers of slot {number + 1} are of several categories: {told}",
                "slots", number, "offers", hint="give each category a slot of its own",
            )  # fmt: skip


_OTHER = "name another offer"


def _products_of(coming: Subject | None, live: object, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the ids and GTINs of what an offer will sell, as far as they are known."""
    product, beside = (_will_be(coming, live, path) for path in (PRODUCT, ITEMS))
    sold = [*([product] if product else []), *(each["product"] for each in beside or ())]
    codes = {code for each in sold for code in (each.get("gtin"), *each.get("gtins", ())) if code}
    meant = {found[0].id for code in codes if len(found := catalogue.by_gtin.get(code, ())) == 1}
    ids = meant | {each["id"] for each in sold if each.get("id")}
    return [*(("id", each) for each in sorted(ids)), *(("gtin", each) for each in sorted(codes))]


def _will_be(coming: Subject | None, live: object, path: str) -> Value:
    if coming is not None:
        return coming.value(path)
    return getattr(live, "fields", {}).get(path)
