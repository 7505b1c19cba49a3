"""Noting what a plan found to be at rest, with all that it depends on."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from reconciler.engine.lasting import referring, used_by
from reconciler.engine.resting import follows, holds_until, shape_of
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.resting import Rest, RestShapes, labels_text
from reconciler.model.spec import KindSpec
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.aged import AS_OF
from reconciler.runtime.observe.snapshot import Observed
from reconciler.runtime.project.images import image_identity, is_address, local_name
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import AccountRests


class Noting(Struct):
    """Turns quiet offers of one account into rests."""

    kind: KindSpec
    referring: tuple[tuple[str, str], ...]
    observed: Observed
    files: Mapping[str, str]
    identity: Callable[[str, Key], str]
    is_there: Callable[[str], bool]
    uploaded: Mapping[str, str]
    images: dict[str, str]
    references: dict[str, dict[str, str]]
    shapes: RestShapes

    @classmethod
    def of(
        cls,
        workspace: Workspace,
        opened: Session,
        observed: Observed,
        known: AccountRests,
        files: Mapping[str, str],
    ) -> "Noting":
        """Return one that goes on with what is known of those that stay at rest."""
        goes_on = len(observed.resting) + len(observed.numbers) > 0
        each_its_own = opened.spec.images.of == "offer"

        def identity(source: str, key: Key) -> str:
            return image_identity(local_name(source, workspace.digest(source), key.name if each_its_own else ""))

        return cls(
            kind=opened.spec.kinds[OFFER],
            referring=referring(opened.spec.kinds[OFFER]),
            observed=observed,
            files=files,
            identity=identity,
            is_there=opened.spec.has_image,
            uploaded=opened.ledger.images(opened.place),
            images=dict(known.images) if goes_on else {},
            references={kind: dict(labels) for kind, labels in known.references.items()} if goes_on else {},
            shapes=RestShapes.of(known.shapes if goes_on else {}),
        )

    def rests(self, quiet: Iterable[tuple[Desired, Live]]) -> Iterator[Rest]:
        looked = self.observed.looked
        for desired, live in quiet:
            if desired.besides is not None:
                continue  # it is among those of which the numbers were looked at
            row, memory = looked.rows.get(live.remote_id), looked.memory.texts.get(desired.key.name)
            read_at, file = looked.read_at.get(live.remote_id), self.files.get(desired.key.name)
            if row is None or memory is None or file is None or read_at == "" or AS_OF in live.facts:
                continue
            if not (self._stands_alone(desired) and self._shows_what_is_there(desired) and self._refers(desired)):
                continue
            yield Rest(
                file=file,
                name=desired.key.name,
                remote_id=live.remote_id,
                row=row,
                memory=memory,
                read_at=read_at or "",
                until=holds_until(desired),
                shape=self.shapes.number(shape_of(desired, self.kind, self._uses(desired, live))),
                labels=labels_text(desired.labels),
                follows=follows(desired),
            )

    def _uses(self, desired: Desired, live: Live) -> Iterator[str]:
        """Yield what an offer refers to, by kind and id: names may be another's tomorrow."""
        for kind, label in used_by(desired, live, self.referring):
            yield f"{kind} {self.observed.references.get(kind, {}).get(label) or label.removeprefix('#')}"

    def _stands_alone(self, desired: Desired) -> bool:
        """Tell whether no field takes in another document."""
        paths = (*desired.fields, *desired.unsynced)
        return not any((known := self.kind.field(path)) is not None and known.embeds for path in paths)

    def _shows_what_is_there(self, desired: Desired) -> bool:
        """Note where its images went; False where one of them is not on the marketplace."""
        found: dict[str, str] = {}
        for source in desired.pictures:
            known_as = source if is_address(source) else self.identity(source, desired.key)
            if known_as in self.uploaded:
                found[known_as] = self.uploaded[known_as]
            elif not (is_address(source) and self.is_there(source)):
                return False
        self.images |= found
        return True

    def _refers(self, desired: Desired) -> bool:
        """Note what the names mean that an offer refers to; False where one of them means nothing certain."""
        found: list[tuple[str, str, str]] = []
        for path, value in (*desired.fields.items(), *desired.unsynced.items()):
            known = self.kind.field(path)
            if known is None or not known.refers or known.refers == OFFER or not value:
                continue
            ids = self.observed.references.get(known.refers, {})
            for label in [value] if isinstance(value, str) else value:
                if label not in ids:
                    return False
                found.append((known.refers, label, ids[label]))
        for kind, label, remote_id in found:
            self.references.setdefault(kind, {})[label] = remote_id
        return True
