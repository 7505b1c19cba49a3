"""Allegro: the conversations, gathered under the one name that the entry point loads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from reconciler.model.catalogue import CategoryFact, DeliveryMethod, Packages, Parameter, Product, Taxes
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.outcomes import Fault, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.wire import Response
from reconciler.providers.allegro import (
    auth,
    categories,
    commands,
    delivery,
    events,
    faults,
    inventory,
    operations,
    pointers,
    practice,
    products,
    requests,
    taxes,
)
from reconciler.providers.allegro.objects import objects
from reconciler.providers.allegro.offer_read import read_offer
from reconciler.providers.allegro.offered import packages, size_templates
from reconciler.providers.allegro.resources import OPERATIONS, read_resource
from reconciler.providers.base import (
    Activation,
    Context,
    Credentials,
    DeviceCode,
    Happening,
    Inventory,
    Login,
    MarketplaceFault,
    Reading,
    Token,
)
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.outcomes import Unwritable, refused

Single = Callable[[Action, Target, Context], Conversation[Outcome]]

_OF_OFFERS: Mapping[str, Single] = {
    "create": operations.create,
    "edit": operations.edit,
    "tag": operations.tag,
    "promote": operations.promote,
    "delete": operations.delete,
}


class Allegro:
    """One marketplace. Holds nothing: what a conversation needs is handed to it."""

    name = "allegro"
    media = "application/vnd.allegro.public.v1+json"
    refresh_life = auth.REFRESH_LIFE

    def authorize(self, credentials: Credentials) -> Conversation[Token]:
        """Exchange credentials for an access token."""
        return auth.authorize(credentials)

    def client_of(self, token: str) -> str:
        """Read which application a token was issued to."""
        return auth.client_of(token)

    def begin_device(self, credentials: Credentials) -> Conversation[DeviceCode]:
        """Ask for a code that a person confirms on another screen."""
        return auth.begin_device(credentials)

    def poll_device(self, credentials: Credentials, code: DeviceCode) -> Conversation[Token]:
        """Stay with a device code until it is confirmed, refused or expired."""
        return auth.poll_device(credentials, code)

    def authorization_url(
        self, base: str, credentials: Credentials, redirect: str, state: str, challenge: str
    ) -> str:
        """Return the page on which a person lets the application in."""
        return auth.authorization_url(base, credentials, redirect, state, challenge)

    def exchange_code(
        self, credentials: Credentials, code: str, redirect: str, verifier: str
    ) -> Conversation[Token]:
        """Exchange the code of the redirect for a pair of tokens."""
        return auth.exchange_code(credentials, code, redirect, verifier)

    def revoke(self, credentials: Credentials, token: str) -> Conversation[None]:
        """Make a refresh token, and what came of it, worthless."""
        return auth.revoke(credentials, token)

    def bearer(self, token: Token, credentials: Credentials, request: Request) -> Mapping[str, str]:  # noqa: ARG002 - the token says whose it is
        """Return the headers that carry the token and name the client."""
        return requests.bearer(token, request)

    def identity(self) -> Conversation[Login]:
        """Ask whose token it is."""
        return auth.identity()

    def inventory(self, reading: Reading) -> Conversation[Inventory]:
        """Read the cheap list of all offers."""
        return inventory.inventory(reading)

    def find(self, reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
        """Read the list rows of the offers with these keys."""
        return inventory.find(reading, keys)

    def begun(self, reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:  # noqa: ARG002 - the protocol's
        """Return nothing: an offer is created with its key."""
        return ()
        yield

    def read(self, reading: Reading, kind: str, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
        """Read one resource through the named views; None when it is not there."""
        if kind == OFFER:
            return read_offer(reading, remote_id, views)
        return read_resource(reading, kind, remote_id)

    def objects(self, reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
        """List the named objects of a kind as (remote id, name)."""
        return objects(reading, kind)

    def moved(self, since: str) -> Conversation[tuple[frozenset[str], str, bool]]:
        """Return the ids of offers that had events, the last event's id, and whether none is missing."""
        return events.moved(since)

    def activations(self) -> Conversation[tuple[Activation, ...]]:
        """Return the offers that were listed in the last day, with their keys."""
        return events.activations()

    def happenings(self) -> Conversation[tuple[Happening, ...]]:
        """Return what happened to live offers in the last day."""
        return events.happenings()

    def products(self, gtin: str) -> Conversation[tuple[Product, ...]]:
        """Find the catalogue products of a bar code."""
        return products.of_code(gtin)

    def product(self, product_id: str) -> Conversation[Product | None]:
        """Read a product of the catalogue."""
        return products.of_id(product_id)

    def category(self, category: str) -> Conversation[CategoryFact | None]:
        """Read a category."""
        return categories.category(category)

    def markets(self) -> Conversation[Mapping[str, str]]:
        """Read which sites there are."""
        return categories.markets()

    def delivery_methods(self) -> Conversation[tuple[DeliveryMethod, ...]]:
        """Read the ways of delivery."""
        return delivery.methods()

    def taxes(self, category: str) -> Conversation[Taxes | None]:
        """Read the taxes of a category."""
        return taxes.taxes(category)

    def packages(self) -> Conversation[Packages]:
        """Read which promotion packages can be bought."""
        return packages()

    def size_templates(self) -> Conversation[Mapping[str, str]]:
        """Read the templates of size tables, by id."""
        return size_templates()

    def parameters(self, category: str) -> Conversation[tuple[Parameter, ...]]:
        """Read the parameter definitions of a category."""
        return categories.parameters(category)

    def practised(self, login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Mapping[str, Any]:
        return practice.seller(login, desired, spec)

    def perform(self, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
        """Write one action and stay with it until Allegro has finished; one outcome per target."""
        if action.kind == OFFER and action.operation in commands.OPERATIONS:
            return _together(action, context)
        operation = (_OF_OFFERS if action.kind == OFFER else OPERATIONS)[action.operation]
        return _one_by_one(operation, action, context)

    def led_home(self, fault: Fault, body: Any, target: Target, context: Context) -> Fault:
        """Say which fields of the document the complaints of a fault speak of."""
        return pointers.translated(fault, pointers.Sent(body=body, target=target, context=context))

    def answer(self, request: Request, response: Response) -> Answer:
        """Read a response, strictly."""
        return faults.answer(request, response)


def _together(action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
    try:
        return (yield from commands.run(action, context))
    except (Unwritable, MarketplaceFault) as refusal:
        return tuple(refused(action, target, refusal.fault) for target in action.targets)


def _one_by_one(operation: Single, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
    """Perform each target. What is refused here was refused before the write itself was sent."""
    outcomes: list[Outcome] = []
    for target in action.targets:
        try:
            outcomes.append((yield from operation(action, target, context)))
        except (Unwritable, MarketplaceFault) as refusal:
            outcomes.append(refused(action, target, refusal.fault))
    return tuple(outcomes)


ALLEGRO = Allegro()
