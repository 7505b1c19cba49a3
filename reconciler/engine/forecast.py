"""How many requests an apply takes, of which kind, and how long at the permitted rate.

It follows a run in which nothing fails and nobody interferes. What depends on how fast the marketplace works,
questions whether something is done, is an expectation; all else is counted.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from reconciler.engine.rereads import FRESH, ON_ITS_WAY, SWEPT, Fact, facts_of, in_full, keys_to_ask, views_of
from reconciler.engine.stages import slices, stages
from reconciler.engine.turns import AT_ONCE, paced, turns
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Action, Forecast, Target
from reconciler.model.requests import Errand, called
from reconciler.model.spec import Completion, Identity, KindSpec, MarketplaceSpec, OperationSpec, Role

#: How often the marketplace is asked whether a command is done, on the average.
_REPORTS = 2.7
#: The same for a write of one offer: few are answered before they are done.
_FOLLOWED = 0.3


class Known(Struct, frozen=True, kw_only=True):
    """What need not be asked or sent any more: it was, and is kept.

    `uploads` returns the images of a row that are not on the marketplace yet, each by what identifies it. `doubts`
    is how often the marketplace's events are asked, before offers are created, what the ledger may have forgotten.
    `identity` is how many requests it takes to know whose a token is, and `sweep` to read a list of offers that
    cannot be asked for a key; 0: nobody has counted.
    """

    uploads: Callable[[Target], Iterable[str]] = lambda _target: ()
    fact: Callable[[Fact], bool] = lambda _fact: False
    doubts: int = 0
    identity: int = 1
    sweep: int = 0


class Circumstances(Struct, frozen=True, kw_only=True):
    """What the actions do not tell.

    `population` counts the live resources of each kind, `labels` maps remote ids of written offers to their keys,
    `categories` to the categories in which they are. `slice_of` is how many actions are sent before they are
    read back, each checked by itself before it is sent; 0: all are checked before, and read back after.
    """

    population: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    slice_of: int = 0


def forecast(actions: Sequence[Action], spec: MarketplaceSpec, circumstances: Circumstances) -> Forecast:
    """Count requests by name, with the reads before and after; the time is that of the slowest budget."""
    count = _Count(spec, circumstances)
    if actions:
        count.ask(Errand.IDENTITY, circumstances.known.identity)
    if not spec.kinds[OFFER].key_given and any(
        action.kind == OFFER and action.operation == Role.CREATE for action in actions
    ):
        count.ask(Errand.EVENTS, circumstances.known.doubts)
    for action in actions:
        count.action(action)
    count.sweeps(actions)
    count.list_reads(actions)
    count.looks(actions)
    return count.total()


class _Count:
    def __init__(self, spec: MarketplaceSpec, circumstances: Circumstances) -> None:
        self._spec = spec
        self._is = circumstances
        self._requests: dict[str, float] = defaultdict(float)
        self._offers: dict[str, float] = defaultdict(float)
        self._budgets: dict[str, Iterable[str]] = {}
        self._words: dict[str, str] = {}
        self._asked: set[Fact] = set()
        self._told_apart: set[str] = set()
        self._listed: dict[int, tuple[Target, ...]] = {}

    # --- one action ---------------------------------------------------------------------------------------

    def action(self, action: Action) -> None:
        """Count everything that is about one action alone."""
        kind = self._spec.kinds[action.kind]
        operation = kind.operations[action.operation]
        for target in action.targets:
            self._reads(target, kind, operation)
            for image in self._is.known.uploads(target):
                self._once((Errand.IMAGE, image))
        for fact in facts_of(action, self._is.categories):
            if not self._is.known.fact(fact):
                self._once(fact)
        times = sum(_differing(target) for target in action.targets) if operation.one_each else 1
        self._write(kind, operation, times, len(action.targets))
        for name in operation.besides:
            if (besides := kind.operations.get(name)) is not None:
                times = sum(_times(besides, target, kind) for target in action.targets)
                self._write(kind, besides, times, times)
                for view in besides.besides:
                    self._view(kind, view, times)
            else:
                self._view(kind, name, len(action.targets))
        if operation.completion is Completion.COMMAND:
            self.ask(Errand.REPORT, _REPORTS)
        elif operation.completion is Completion.ACCEPTED:
            self.ask(Errand.OPERATION, _FOLLOWED)

    def _reads(self, target: Target, kind: KindSpec, operation: OperationSpec) -> None:
        """Count what is read before a target is written, and after it."""
        self._members(target)
        full = in_full(operation, target, kind)
        if operation.name == Role.CREATE:
            self._search(target, kind)
            if target.after.get("stock.status") == "active":
                self._read(target, kind)  # whether its listing was refused
        elif full:
            self._read(target, kind)
        if full:
            self._read(target, kind)

    def _search(self, target: Target, kind: KindSpec) -> None:
        """Before a creation, its key is looked for: nothing is created twice."""
        if kind.name == OFFER:
            if kind.views["list"].keys:
                self._view(kind, "list", 1)
            return  # else the whole list is read: see `sweeps`
        self._view(kind, "list", self._pages(kind))
        if kind.identity is Identity.MEMBERS and kind.name not in self._told_apart:
            self._told_apart.add(kind.name)  # each is read once in a run
            for _ in range(self._is.population.get(kind.name, 0)):
                self._read(target, kind)

    def _read(self, target: Target, kind: KindSpec) -> None:
        for view in views_of(target, kind):
            self._view(kind, view, self._pages(kind) if view == "list" else 1)

    def _members(self, target: Target) -> None:
        if not (slots := target.after.get("slots")):
            return
        names = {name for slot in slots for name in slot["offers"]}
        wanted = sum(not name.startswith("#") for name in names)
        kind = self._spec.kinds[OFFER]
        self._view(kind, "list", self._by_key(kind, wanted))

    def _once(self, fact: Fact) -> None:
        if fact not in self._asked:
            self._asked.add(fact)
            self.ask(fact[0])

    def sweeps(self, actions: Iterable[Action]) -> None:
        """Count the reads of a whole list that look for keys: each tells of the creations that begin then."""
        kind = self._spec.kinds[OFFER]
        create = kind.operations.get(Role.CREATE)
        made = [each for each in actions if each.kind == OFFER and each.operation == Role.CREATE]
        if create is None or not made or kind.views["list"].keys:
            return
        names = {create.name, *create.besides}
        requests = sum(self._requests[called(kind.name, name)] for name in names)
        seconds = max((paced(self._spec.budgets[name], round(requests)) for name in create.budgets), default=0.0)
        several = seconds * min(1, AT_ONCE / len(made)) > SWEPT  # those that begin at once end at once
        sweeps = math.ceil(len(made) / AT_ONCE) if several else 1 + int(seconds // SWEPT)
        self._view(kind, "list", sweeps * self._pages(kind))

    # --- the list ------------------------------------------------------------------------------------------

    def list_reads(self, actions: Sequence[Action]) -> None:
        """Count the reads of many offers at once: before and after each stage, and the look at a canary."""
        size = self._is.slice_of
        for stage in slices(actions, size) if size else stages(actions):
            for together in stage.first_look:
                self._look(target for action in together for target in self._from_list(action))
            self._look(target for action in stage.actions for target in self._from_list(action))
            if stage.is_canary:
                self._canary(stage.actions)

    def looks(self, actions: Sequence[Action]) -> None:
        """Count the looks at what writes stand on that wait for too long after it was read.

        List rows are read before the first write, and those of slices when a write begins to wait, as full reads
        are always.
        """
        doubt = ON_ITS_WAY if self._is.known.doubts and not self._spec.kinds[OFFER].key_given else 0.0
        size = self._is.slice_of or len(actions)
        for moments in turns(actions, self._spec, size, doubt, self._first_reads):
            if moments.action.operation == Role.CREATE:
                continue
            listed = self._from_list(moments.action)
            waited = moments.leaves - moments.begins
            fresh = self._operation(moments.action).fresh_seconds or FRESH
            if (waited if self._is.slice_of else moments.leaves) > fresh:
                self._look(listed)
            if waited > fresh:
                kind, there = self._spec.kinds[moments.action.kind], {each.key for each in listed}
                for target in moments.action.targets:
                    if target.key not in there:
                        self._read(target, kind)

    def _first_reads(self, action: Action) -> Mapping[str, int]:
        """Count by budget what is read of each row of a write before it waits."""
        kind, operation = self._spec.kinds[action.kind], self._operation(action)
        found: dict[str, int] = defaultdict(int)
        if operation.name == Role.CREATE or len(self._from_list(action)) == len(action.targets):
            return found
        for target in action.targets:
            for view in views_of(target, kind) if in_full(operation, target, kind) else ():
                for budget in kind.views[view].budgets:
                    found[budget] += 1
        return found

    def _canary(self, actions: Iterable[Action]) -> None:
        targets = {each.key: each for action in actions for each in action.targets if each.key.kind == OFFER}
        for target in targets.values():
            self._read(target, self._spec.kinds[OFFER])

    def _from_list(self, action: Action) -> tuple[Target, ...]:
        """Return the targets that are read with others, from the list: asked for each look at an action."""
        if id(action) not in self._listed:
            kind, operation = self._spec.kinds[action.kind], self._operation(action)
            self._listed[id(action)] = tuple(each for each in action.targets if not in_full(operation, each, kind))
        return self._listed[id(action)]

    def _operation(self, action: Action) -> OperationSpec:
        return self._spec.kinds[action.kind].operations[action.operation]

    def _look(self, targets: Iterable[Target]) -> None:
        wanted: dict[str, Key] = {target.remote_id: target.key for target in targets if target.remote_id}
        if not wanted:
            return
        kind = self._spec.kinds[OFFER]
        names = keys_to_ask(wanted, self._is.labels, kind.views["list"], self._is.population.get(OFFER, 0))
        asked = self._pages(kind) if names is None else self._by_key(kind, len(names))
        self._view(kind, "list", asked)
        for view in kind.views["list"].besides:
            self._view(kind, view, len(names or ()))

    def _by_key(self, kind: KindSpec, keys: int) -> int:
        """Count the requests that look for so many keys; where none can be asked for, all of the list is read."""
        most = kind.views["list"].keys
        return math.ceil(keys / most) if most else self._pages(kind) * bool(keys)

    def _pages(self, kind: KindSpec) -> int:
        view = kind.views["list"]
        if kind.name == OFFER and self._is.known.sweep:
            return self._is.known.sweep
        if view.page <= 1:
            return 1
        pages = math.ceil(self._is.population.get(kind.name, 0) / view.page)
        # of states, the first is read from its second page on, and its first page last
        return len(view.states) - 1 + max(2, pages) if view.states else max(1, pages)

    # --- counting ------------------------------------------------------------------------------------------

    def _write(self, kind: KindSpec, operation: OperationSpec, times: int, offers: int) -> None:
        name = called(kind.name, operation.name)
        if operation.told:
            self._words[name] = operation.told
        self._add(name, times, offers, operation.budgets)

    def _view(self, kind: KindSpec, view: str, times: int) -> None:
        if times:
            self._add(called(kind.name, view), times, times, kind.views[view].budgets)

    def ask(self, errand: Errand, times: float = 1) -> None:
        """Count an errand."""
        self._add(errand, times, times, self._spec.everywhere)

    def _add(self, name: str, times: float, offers: float, budgets: Iterable[str]) -> None:
        self._requests[name] += times
        self._offers[name] += offers
        self._budgets[name] = budgets

    def total(self) -> Forecast:
        """Requests are permitted side by side, so the whole takes as long as its slowest budget."""
        requests = {name: round(times) for name, times in self._requests.items() if round(times)}
        times = {name: round(self._seconds([name]), 3) for name in requests}
        whole = math.ceil(self._seconds(self._requests) * 10) / 10
        return Forecast(requests=requests, times=times, seconds=whole, words=self._words)

    def _seconds(self, names: Iterable[str]) -> float:
        load: dict[str, float] = defaultdict(float)
        for name in names:
            for budget in self._budgets[name]:
                counted = self._offers if self._spec.budgets[budget].counts == "offers" else self._requests
                load[budget] += counted[name]
        return max((self._spec.budgets[name].seconds_for(amount) for name, amount in load.items()), default=0.0)


def _times(operation: OperationSpec, target: Target, kind: KindSpec) -> int:
    """Return how many requests of an operation the course of another takes: none with nothing to write."""
    if operation.name == Role.ACTIVATE:
        return int(target.after.get("stock.status") == "active")
    carried = [
        target.after[path]
        for path, field in kind.fields.items()
        if operation.name in field.by
        if target.after.get(path)
    ]
    if operation.one_each:
        return sum(len(each) for each in carried)
    return int(bool(carried) or not any(operation.name in field.by for field in kind.fields.values()))


def _differing(target: Target) -> int:
    """Return how many entries of what is written one by one are not there already; all of them in a resend."""
    found = 0
    for path, after in target.after.items():
        before = target.before.get(path) or {}
        found += sum(name not in before or before[name] != each for name, each in after.items()) or len(after)
    return found
