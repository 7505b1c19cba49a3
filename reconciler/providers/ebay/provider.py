"""eBay: the conversations, gathered under the one name that the entry point loads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from reconciler.model.catalogue import CategoryFact, Parameter, Product
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.outcomes import Fault, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money
from reconciler.model.wire import Response
from reconciler.providers.base import (
    Context,
    Credentials,
    DeviceCode,
    Inventory,
    Login,
    MarketplaceFault,
    Reading,
    Token,
)
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.ebay import (
    auth,
    elsewhere,
    faults,
    fees,
    offers,
    operations,
    policies,
    practice,
    price_quantity,
    programs,
    requests,
    taxonomy,
)
from reconciler.providers.ebay.objects import objects
from reconciler.providers.lacking import Lacking
from reconciler.providers.outcomes import Unwritable, refused

_OPERATIONS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": operations.create,
    "edit": operations.item,
    "offer": operations.offer,
    "activate": operations.activate,
    "end": operations.end,
}


class Ebay(Lacking):
    """One marketplace. Holds nothing: what a conversation needs is handed to it."""

    name = "ebay"
    media = "application/json"
    refresh_life = auth.REFRESH_LIFE

    def authorize(self, credentials: Credentials) -> Conversation[Token]:
        """Exchange credentials for an access token."""
        return auth.authorize(credentials)

    def client_of(self, token: str) -> str:  # noqa: ARG002 - the protocol's
        """Return nothing: a token does not say whose it is."""
        return ""

    def begin_device(self, credentials: Credentials) -> Conversation[DeviceCode]:  # noqa: ARG002 - the protocol's
        """MarketplaceFault: there is no such login."""
        raise auth.no_device()
        yield

    def poll_device(self, credentials: Credentials, code: DeviceCode) -> Conversation[Token]:  # noqa: ARG002
        """MarketplaceFault: there is no such login."""
        raise auth.no_device()
        yield

    def authorization_url(
        self,
        base: str,
        credentials: Credentials,
        redirect: str,
        state: str,
        challenge: str,  # noqa: ARG002 - eBay knows no proof of who asked (RFC 7636)
    ) -> str:
        """Return the page on which a person lets the application in."""
        return auth.authorization_url(base, credentials, redirect, state)

    def exchange_code(
        self,
        credentials: Credentials,
        code: str,
        redirect: str,
        verifier: str,  # noqa: ARG002 - see `authorization_url`
    ) -> Conversation[Token]:
        """Exchange the code of the redirect for a pair of tokens."""
        return auth.exchange_code(credentials, code, redirect)

    def revoke(self, credentials: Credentials, token: str) -> Conversation[None]:  # noqa: ARG002 - the protocol's
        """Do nothing: no address takes a token back, only the person's settings do."""
        return
        yield

    def bearer(
        self,
        token: Token,
        credentials: Credentials,  # noqa: ARG002 - the protocol's
        request: Request,
    ) -> Mapping[str, str]:
        """Return the headers that carry the token, and what the request says besides."""
        return requests.bearer(token, request)

    def identity(self) -> Conversation[Login]:
        """Ask whose token it is."""
        return auth.identity()

    def inventory(self, reading: Reading) -> Conversation[Inventory]:
        """Read all items of the account, and what the report says of them."""
        found, listed = yield from offers.inventory(reading)
        if listed is None:
            return found
        items = {each.key.name for each in found.live if each.key}
        return replace(found, elsewhere=(yield from elsewhere.made_elsewhere(listed, items, reading)))

    def find(self, reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
        """Read the items with these SKUs, and their offers."""
        return offers.find(reading, keys)

    def begun(self, reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:  # noqa: ARG002
        """Return nothing: an item bears its key from the start."""
        return ()
        yield

    def read(self, reading: Reading, kind: str, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
        """Read one item with its offer, one policy or one place; None when it is not there."""
        return offers.read(reading, remote_id, views) if kind == OFFER else policies.read(reading, kind, remote_id)

    def objects(self, reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
        """List the named objects of a kind as (remote id, name)."""
        return objects(reading, kind)

    def moved(self, since: str) -> Conversation[tuple[frozenset[str], str, bool]]:  # noqa: ARG002 - the protocol's
        """Return nothing: the list and the report tell what moves most; the rest is read once a day."""
        return frozenset(), "", True
        yield

    def products(self, gtin: str) -> Conversation[tuple[Product, ...]]:
        """Return that a GTIN is a product of its own: eBay looks it up itself when an item is written."""
        return (Product(id=gtin),)
        yield

    def product(self, product_id: str) -> Conversation[Product | None]:
        """Return that a number of the catalogue is taken as it is."""
        return Product(id=product_id)
        yield

    def fees(self, reading: Reading, remote_ids: Sequence[str]) -> Conversation[Mapping[str, Money]]:
        """Read what it would cost to publish what is staged."""
        return fees.fees(reading, remote_ids)

    def keeps_empty(self) -> Conversation[bool | None]:
        """Read whether listings without stock stay, hidden: a program that sellers opt in to."""
        return programs.keeps_empty()

    def category(self, category: str) -> Conversation[CategoryFact | None]:
        """Read a category."""
        return taxonomy.category(category)

    def parameters(self, category: str) -> Conversation[tuple[Parameter, ...]]:
        """Read the item specifics of a category."""
        return taxonomy.parameters(category)

    def practised(self, login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Mapping[str, Any]:
        """Describe a seller of the practice eBay who has what documents name."""
        return practice.seller(login, desired, spec)

    def perform(self, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
        """Write one action; one outcome for each target. What is refused here was refused before it was sent."""
        if action.operation == "price_quantity":
            return (yield from price_quantity.perform(action, context))
        if action.operation == "migrate":
            return (yield from elsewhere.migrate(action, context))
        outcomes: list[Outcome] = []
        write = (_OPERATIONS if action.kind == OFFER else policies.OPERATIONS)[action.operation]
        for target in action.targets:
            try:
                outcomes.append((yield from write(action, target, context)))
            except (Unwritable, MarketplaceFault) as refusal:
                outcomes.append(refused(action, target, refusal.fault))
        return tuple(outcomes)

    def led_home(self, fault: Fault, body: Any, target: Target, context: Context) -> Fault:  # noqa: ARG002
        """Return a fault as it is: eBay's complaints name no place."""
        return replace(fault)

    def answer(self, request: Request, response: Response) -> Answer:
        """Read a response, strictly."""
        return faults.answer(request, response)


EBAY = Ebay()
