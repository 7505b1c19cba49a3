"""What things are called on one account; it grows during a command, as lists are read and things created."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.runtime.project.images import image_identity


class Names(Struct):
    """The names of one account during one command, mutable on purpose; they change by these methods only.

    `labels` are kind -> remote id -> label; `created` is (kind, label) -> remote id of what this run has created;
    `images` are an image's identity -> its address on the marketplace. `offers` is how many there are on the
    account, also of those whose names nobody needs.
    """

    images: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    created: dict[tuple[str, str], str] = field(default_factory=dict)
    offers: int = 0
    _looked_up: dict[tuple[str, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def of(self, kind: str) -> Mapping[str, str]:
        """Return the labels of a kind, by remote id."""
        return self.labels.get(kind, {})

    def know(self, kind: str, labels: Mapping[str, str]) -> None:
        """Take the labels of a kind, by remote id, in place of those that were known."""
        self.labels[kind] = dict(labels)

    def know_only(self, references: Mapping[str, Mapping[str, str]], offers: int) -> None:
        """Know what a plan saw, kind -> label -> remote id, and how many offers; and nothing else."""
        self.labels = {kind: _by_id(ids) for kind, ids in references.items()}
        self.offers = offers

    def take_up(
        self, references: Mapping[str, Mapping[str, str]], offers: int, created: Mapping[tuple[str, str], str]
    ) -> None:
        """Know what the plan of a run saw, and what the run has created so far, besides what is known."""
        self.created.update(created)
        self.offers = max(self.offers, offers)
        for kind, ids in references.items():
            self.labels.setdefault(kind, {}).update(_by_id(ids))
        for (kind, label), remote_id in self.created.items():
            self._label(kind, label, remote_id)

    def remember_created(self, kind: str, label: str, remote_id: str) -> None:
        """Know something new by its id at once: what comes next refers to it."""
        self.created[kind, label] = remote_id
        self._label(kind, label, remote_id)

    def forget_created(self) -> None:
        """A run has ended: what it created is found like all else."""
        self.created.clear()

    def know_images(self, addresses: Mapping[str, str]) -> None:
        """Know where images went that earlier commands have uploaded, by their identity."""
        self.images.update(addresses)

    def remember_image(self, identity: str, address: str) -> None:
        """Know the address of an image that was uploaded."""
        self.images[identity] = address

    def address(self, image: str) -> str | None:
        """Return the address of an image that is on the marketplace already."""
        return self.images.get(image_identity(image))

    def one_at_a_time(self, topic: str, about: str) -> asyncio.Lock:
        """Return the lock of one look-up: who asks the same at the same time waits for the first one's answer."""
        return self._looked_up[topic, about]

    def _label(self, kind: str, label: str, remote_id: str) -> None:
        self.labels.setdefault(kind, {})[remote_id] = label


def _by_id(ids: Mapping[str, str]) -> dict[str, str]:
    return {remote_id: label for label, remote_id in ids.items()}
