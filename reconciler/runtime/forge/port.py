"""What a forge is to us. GitLab's merge request is called a pull request, too."""

from typing import Protocol

from msgspec import Struct

from reconciler.runtime.errors import RunStopped


class ForgeFailed(RunStopped):
    """The forge refused, or did not answer as its documents say."""


class PullRequest(Struct, frozen=True, kw_only=True):
    """The pull request of this run: the one that is open, or the one that the commit of this run has merged."""

    number: int
    head: str  # the commit that was reviewed last
    url: str = ""


class ReviewedPlan(Struct, frozen=True, kw_only=True):
    """The plan that a pipeline of a pull request has kept: its bytes, and the run that made it."""

    plan: bytes
    run: str


class Forge(Protocol):
    """One repository on a forge, as this run may see it."""

    def pull_request(self) -> PullRequest | None:
        """Return the pull request of this run; None where the commit came without one."""

    def comment(self, pull: PullRequest, mark: str, body: str) -> str:
        """Write a comment, in the place of our last one whose first line is `mark`; return its address."""

    def reviewed(self, pull: PullRequest, account: str) -> ReviewedPlan | None:
        """Return the plan of an account that the last run for the head of the pull request kept."""

    def approvers(self, pull: PullRequest) -> tuple[str, ...]:
        """Return who approves the head of the pull request, in the order of their names."""
