"""Etsy: the conversations, gathered under the one name that the entry point loads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from reconciler.model.catalogue import CategoryFact, Parameter
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.outcomes import Fault, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import MarketplaceSpec
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
from reconciler.providers.etsy import (
    auth,
    creation,
    destinations,
    faults,
    listings,
    operations,
    practice,
    profiles,
    properties,
    requests,
    taxonomy,
)
from reconciler.providers.etsy import objects as things
from reconciler.providers.lacking import Lacking
from reconciler.providers.outcomes import Unwritable, refused

_OPERATIONS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": creation.create,
    "edit": operations.edit,
    "inventory": operations.inventory,
    "activate": operations.activate,
    "end": operations.end,
    "property": operations.change_properties,
    "delete": operations.delete,
}


_OBJECTS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": things.create,
    "delete": things.delete,
}


_PROFILES: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": profiles.create,
    "update": profiles.update,
}


class Etsy(Lacking):
    """One marketplace. Holds nothing: what a conversation needs is handed to it."""

    name = "etsy"
    media = "application/json"
    refresh_life = auth.REFRESH_LIFE

    def authorize(self, credentials: Credentials) -> Conversation[Token]:
        """Exchange credentials for an access token."""
        return auth.authorize(credentials)

    def client_of(self, token: str) -> str:  # noqa: ARG002 - a token says whose account it is, and no application
        """Return nothing: the application is named beside the token."""
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
        self, base: str, credentials: Credentials, redirect: str, state: str, challenge: str
    ) -> str:
        """Return the page on which a person lets the application in."""
        return auth.authorization_url(base, credentials, redirect, state, challenge)

    def exchange_code(
        self, credentials: Credentials, code: str, redirect: str, verifier: str
    ) -> Conversation[Token]:
        """Exchange the code of the redirect for a pair of tokens."""
        return auth.exchange_code(credentials, code, redirect, verifier)

    def revoke(self, credentials: Credentials, token: str) -> Conversation[None]:  # noqa: ARG002 - the protocol's
        """Do nothing: no address takes a token back, only the person's settings do."""
        return
        yield

    def bearer(self, token: Token, credentials: Credentials, request: Request) -> Mapping[str, str]:
        """Return the headers that carry the token and name the application."""
        return requests.bearer(token, credentials, request)

    def identity(self) -> Conversation[Login]:
        """Ask whose token it is."""
        return auth.identity()

    def inventory(self, reading: Reading) -> Conversation[Inventory]:
        """Read all listings of the shop."""
        return listings.inventory(reading)

    def find(self, reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
        """Read the listings that bear these keys."""
        return listings.find(reading, keys)

    def begun(self, reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:
        """Return the drafts that a creation may have left without its key."""
        return creation.begun(reading, target, since)

    def read(self, reading: Reading, kind: str, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
        """Read one listing, or one thing of the shop; None when it is not there."""
        if kind == OFFER:
            return listings.read(reading, remote_id, frozenset(views))
        return (
            profiles.read(reading, remote_id) if kind == profiles.KIND else things.read(reading, kind, remote_id)
        )

    def objects(self, reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
        """List the named objects of a kind as (remote id, name)."""
        return _destinations() if kind == destinations.METHOD else things.objects(reading, kind)

    def moved(self, since: str) -> Conversation[tuple[frozenset[str], str, bool]]:  # noqa: ARG002 - the protocol's
        """Return that nobody knows: there are no events of listings."""
        return frozenset(), "", False
        yield

    def category(self, category: str) -> Conversation[CategoryFact | None]:
        """Read a category."""
        return taxonomy.category(category)

    def parameters(self, category: str) -> Conversation[tuple[Parameter, ...]]:
        """Read which properties listings of a category can have."""
        return properties.definitions(category)

    def practised(self, login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Mapping[str, Any]:
        """Describe a shop of the practice Etsy that has what documents name."""
        return practice.seller(login, desired, spec)

    def perform(self, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
        """Write one action; one outcome for each target. What is refused here was refused before it was sent."""
        outcomes: list[Outcome] = []
        write = {OFFER: _OPERATIONS, profiles.KIND: _PROFILES}.get(action.kind, _OBJECTS)[action.operation]
        for target in action.targets:
            try:
                outcomes.append((yield from write(action, target, context)))
            except (Unwritable, MarketplaceFault) as refusal:
                outcomes.append(refused(action, target, refusal.fault))
        return tuple(outcomes)

    def led_home(self, fault: Fault, body: Any, target: Target, context: Context) -> Fault:  # noqa: ARG002
        """Return a fault as it is: Etsy's complaints name no place."""
        return replace(fault)

    def answer(self, request: Request, response: Response) -> Answer:
        """Read a response, strictly."""
        return faults.answer(request, response)


def _destinations() -> Conversation[tuple[tuple[str, str], ...]]:
    return destinations.everywhere()
    yield


ETSY = Etsy()
