"""Whose rows of a ledger are meant: one ledger serves many projects, accounts and environments."""

from msgspec import Struct

from reconciler.model.memory import Site
from reconciler.model.offers import Key


class Place(Struct, frozen=True):
    """A project at a site, and the name by which the project calls the login there.

    What was created and uploaded belongs to the site; what is remembered and managed, and the runs, to the project
    besides.
    """

    site: Site
    project: str
    account: str

    def key(self, kind: str, name: str) -> Key:
        """Return the key of a resource as this project calls it."""
        return Key(self.account, kind, name)

    @property
    def of_site(self) -> tuple[str]:
        """The value by which rows of a site are found."""
        return (str(self.site),)

    @property
    def of_project(self) -> tuple[str, str]:
        """The values by which rows of a project at a site are found."""
        return (str(self.site), self.project)
