"""What a marketplace does not have, answered once: a provider that takes this in says only what there is."""

from collections.abc import Mapping, Sequence

from reconciler.model.catalogue import DeliveryMethod, Packages, Product, Taxes
from reconciler.model.values import Money
from reconciler.providers.base import Activation, Happening, Reading
from reconciler.providers.conversation import Conversation


class Lacking:
    """No events, no catalogue of products, one site; nothing is told of delivery, taxes, promotion and sizes."""

    def activations(self) -> Conversation[tuple[Activation, ...]]:
        """Return nothing: there are no events."""
        return ()
        yield

    def happenings(self) -> Conversation[tuple[Happening, ...]]:
        """Return nothing: there are no events."""
        return ()
        yield

    def products(self, gtin: str) -> Conversation[tuple[Product, ...]]:  # noqa: ARG002 - the protocol's
        """Return nothing: there is no catalogue of products."""
        return ()
        yield

    def product(self, product_id: str) -> Conversation[Product | None]:  # noqa: ARG002 - the protocol's
        """Return nothing: there is no catalogue of products."""
        return None
        yield

    def markets(self) -> Conversation[Mapping[str, str]]:
        """Return nothing: an account sells on one site."""
        return {}
        yield

    def delivery_methods(self) -> Conversation[tuple[DeliveryMethod, ...]]:
        """Return nothing: what may be said of delivery is not told."""
        return ()
        yield

    def taxes(self, category: str) -> Conversation[Taxes | None]:  # noqa: ARG002 - the protocol's
        """Return nothing: no offer says a tax."""
        return None
        yield

    def fees(self, reading: Reading, remote_ids: Sequence[str]) -> Conversation[Mapping[str, Money]]:  # noqa: ARG002
        """Return nothing: what it costs is no question."""
        return {}
        yield

    def keeps_empty(self) -> Conversation[bool | None]:
        """Return that nobody tells."""
        return None
        yield

    def packages(self) -> Conversation[Packages]:
        """Return that no promotion can be bought."""
        return Packages()
        yield

    def size_templates(self) -> Conversation[Mapping[str, str]]:
        """Return nothing: there are no size tables."""
        return {}
        yield
