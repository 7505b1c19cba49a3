"""The pictures that documents name: what each is called, which cannot be read, which would be refused."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from reconciler.documents.document import Unusable
from reconciler.engine.pictures import Picture, breaches
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import Desired
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.project.images import image_identity, is_address, local_name
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace


def image_namer(
    workspace: Workspace,
    known: Mapping[str, str],
    refused: dict[str, WorkspaceFault],
    pictures: dict[str, tuple[str, Picture]],
) -> Callable[..., str]:
    """Name an image by its content (local) or address (remote); give its marketplace address when it is known.

    One that belongs to an offer (`of`) bears its name besides: the same file is another image for another offer.

    One that cannot be read, or may not be, keeps its name, and goes to `refused`. Those that are to be uploaded go
    to `pictures`: name -> path, and what the file is.
    """

    def name(source: str, of: str = "") -> str:
        return known.get(source, source) if is_address(source) else local(source, of)

    @cache
    def local(source: str, of: str) -> str:
        try:
            named = local_name(source, workspace.digest(source), of)
        except WorkspaceFault as fault:
            refused[source] = fault
            return source
        if (address := known.get(image_identity(named))) is None:
            pictures[named] = source, workspace.picture(source)
        return address or named

    return name


def refused_images(desired: tuple[Desired, ...], refused: Mapping[str, WorkspaceFault]) -> list[Diagnostic]:
    """Report local images that are not there, or may not be read. What holds for all of them is said once."""
    found: list[Diagnostic] = []
    said_of_all: set[str] = set()
    for each, path, source in _local_images(desired) if refused else ():
        fault = refused.get(source)
        if fault is None or str(fault) in said_of_all:
            continue
        if fault.of_all:
            said_of_all.add(str(fault))
        found.append(
            error(
                "D506",
                f"the image {source} of {each.key.name} cannot be read",
                mark=each.origin(path).mark,
                detail=f"{str(fault).rstrip('.')}.",
                hint=fault.hint or "paths start at the project's folder",
                about=each.key,
            )
        )
    return found


def without_images(desired: tuple[Desired, ...], refused: Mapping[str, WorkspaceFault]) -> Iterator[Unusable]:
    """Yield what names an image that cannot be read, also where that is said of another one."""
    for each, _, source in _local_images(desired) if refused else ():
        if source in refused:
            why = f"the image {source} cannot be read"
            name, sku = each.document or each.key.name, each.key.name if each.document else ""
            yield Unusable(account=each.key.account, kind=each.key.kind, name=name, why=why, sku=sku)


def bad_images(
    desired: tuple[Desired, ...], pictures: Mapping[str, tuple[str, Picture]], spec: MarketplaceSpec
) -> Iterator[Diagnostic]:
    """Report local images that the marketplace would not take; one that is there already was taken."""
    judged = {name: tuple(breaches(seen, spec.images)) for name, (_, seen) in pictures.items()}
    if not any(judged.values()):
        return
    for each, path, name in _local_images(desired):
        for code, wrong, hint in judged.get(name, ()):
            yield error(
                code,
                f"the image {pictures[name][0]} of {each.key.name} {wrong}",
                mark=each.origin(path).mark,
                hint=hint,
                about=each.key,
            )


class DoubtfulImages:
    """Finds out, one after the other, which documents name a local image of which something is to be said."""

    def __init__(
        self,
        refused: Mapping[str, WorkspaceFault],
        pictures: Mapping[str, tuple[str, Picture]],
        spec: MarketplaceSpec,
    ) -> None:
        self._refused, self._pictures, self._spec = refused, pictures, spec
        self._bad: dict[str, bool] = {}

    def named_by(self, desired: Desired) -> bool:
        """Tell whether a document that was just resolved names any."""
        if not self._refused and not self._pictures:
            return False
        return any(source in self._refused or self._is_bad(source) for _, _, source in _local_images((desired,)))

    def _is_bad(self, name: str) -> bool:
        if name not in self._bad:
            known = self._pictures.get(name)
            self._bad[name] = known is not None and any(breaches(known[1], self._spec.images))
        return self._bad[name]


def _local_images(desired: tuple[Desired, ...]) -> Iterator[tuple[Desired, str, str]]:
    """Yield every image that a document names, with the path to where it is named."""
    for each in desired:
        for number, source in enumerate(each.fields.get("content.images") or ()):
            yield each, f"content.images.{number}", source
        for number, section in enumerate(each.fields.get("content.description") or ()):
            for place, part in enumerate(section):
                if "image" in part:
                    yield each, f"content.description.{number}.{place}.image", part["image"]
