"""What the accounts of an apply came to, gathered into its report."""

from collections import Counter

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.outcomes import Outcome, Report, Stop
from reconciler.model.plan import Forecast, Plan
from reconciler.model.timeline import Timeline
from reconciler.runtime.clock import WallClock
from reconciler.runtime.execute.run_state import Executed


def now() -> str:
    """Return the time of this machine, as reports have it."""
    return WallClock().now().isoformat(timespec="seconds")


class RunTally(Struct, kw_only=True):
    """What the accounts came to, one after the other."""

    outcomes: list[Outcome] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    timelines: list[Timeline] = field(default_factory=list)
    seconds: float = 0.0
    managed: int = 0
    released: int = 0
    earlier: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False

    def add(self, done: Executed) -> None:
        """Add what became of rows, and what ended them."""
        self.outcomes.extend(done.outcomes)
        self.stops.extend([done.stop] if done.stop else [])
        self.interrupted |= done.interrupted
        self.managed += done.managed

    def not_told(self, ended: Executed) -> Executed:
        """Return an end without the rows that were told: it may come after them, as the ledger is written last."""
        told = {(each.action, each.key) for each in self.outcomes}
        return replace(
            ended, outcomes=tuple(each for each in ended.outcomes if (each.action, each.key) not in told)
        )

    def report(self, started: str, plan: Plan | None = None) -> Report:
        """Return all of it, with what of the plan was never to be sent."""
        return Report(
            plan_id=plan.id if plan else "",
            outcomes=tuple(self.outcomes),
            started_at=started,
            finished_at=now(),
            requests=dict(self.requests),
            timelines=tuple(self.timelines),
            seconds=round(self.seconds),
            stops=tuple(self.stops),
            managed=self.managed,
            released=self.released,
            earlier=self.earlier,
            held={key: why for part in plan.accounts for key, why in part.held.items()} if plan else {},
            unread=tuple(dict.fromkeys(file for part in plan.accounts for file in part.unread)) if plan else (),
            **({"forecast": self._forecast(plan)} if plan else {}),
        )

    def _forecast(self, plan: Plan) -> Forecast:
        """Return what was to be sent: nothing more to accounts that had their part before."""
        left = tuple(each for each in plan.accounts if each.account not in self.earlier)
        return replace(plan, accounts=left).forecast
