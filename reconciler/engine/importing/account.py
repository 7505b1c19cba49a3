"""`pull`, the pure half: from everything that is live to documents such that a plan finds nothing to do.

The same account always gives the same documents. What cannot be declared is left out and said so.
"""

from collections.abc import Iterable

from reconciler.engine.importing.imported import Imported, Notes, Present
from reconciler.engine.importing.names import Paths
from reconciler.engine.importing.objects import lift_objects
from reconciler.engine.importing.offers import lift_offers
from reconciler.model.offers import Live
from reconciler.model.spec import MarketplaceSpec

_NOTHING = Present()


def import_account(live: Iterable[Live], spec: MarketplaceSpec, present: Present = _NOTHING) -> Imported:
    """Return the documents of one account's live resources. Linear in their number."""
    everything = tuple(live)
    notes = Notes()
    paths = Paths(present.paths)
    documents = lift_objects(everything, spec, present, paths, notes)
    documents += lift_offers(everything, spec, present, paths, notes)
    return Imported(documents=tuple(documents), notes=notes.sentences())
