"""One case: a command that is lied to, what is wrong with it, and that honest commands settle everything after it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from world import World

from lying import judge, stall
from lying.command import Ended, reconcile
from lying.liar import Liar, lying
from lying.lies import LIES, Depth
from lying.scripts import SCRIPTS, Bases, Chosen, arguments_of

HOUR = 3600.0


@dataclass(frozen=True)
class Verdict:
    """What became of a case: whether the lie was told at all, how the command ended, and what was wrong."""

    chosen: Chosen
    told: int
    code: int
    found: tuple[str, ...]

    def lines(self) -> list[str]:
        """Each finding with all that is needed to see it again."""
        return [f"{self.chosen} (told {self.told}, exit code {self.code}): {each}" for each in self.found]


def play(what: Chosen, bases: Bases, folder: Path) -> Verdict:
    """Lie to a command and judge it; the folder stays when something is wrong."""
    root = folder / f"case-{what.seed}"
    made = bases.copy(root, what.script, what.size)
    before = stall.look(made)
    liar = Liar(what.tale)
    with lying(liar):
        ended = reconcile(made, *arguments_of(made, what.script))
    found = ended.faults()
    found += _judged(what, bases, made, ended, liar, before)
    found += _settled(made, what)
    if not found:
        shutil.rmtree(root)
    else:
        (root / "told.txt").write_text(f"{what}\n\n{ended.out}\n{ended.err}\n", encoding="utf-8")
        said = [
            f"{each.call} {each.path}?{each.query}\n  {each.body[:300]!r}\n  {each.said}"[:3000]
            for each in liar.told[:5]
        ]
        (root / "lies.txt").write_text("\n".join(said), encoding="utf-8", errors="replace")
    return Verdict(what, len(liar.told), ended.code, tuple(found))


def _judged(what: Chosen, bases: Bases, made: World, ended: Ended, liar: Liar, before: stall.Look) -> list[str]:
    if what.script == "plan":
        return judge.misled(ended, liar, json.loads(bases.said("plan", what.size)))
    if what.script == "pull":
        return _pulled(what, bases, made, ended)
    if not SCRIPTS[what.script].writes:
        return []
    planned = None
    if what.script == "apply a plan":
        planned = judge.planned_of(json.loads((made.root / "plan.json").read_text(encoding="utf-8")))
    found = judge.report_faults(ended, liar, planned)
    then = stall.look(made)
    if what.script.startswith("apply"):
        found += judge.untrue(ended, liar, then, what.size)
    honest = json.loads(bases.said(what.script, what.size))
    return found + judge.dragged(ended, liar, before, then, honest)


def _pulled(what: Chosen, bases: Bases, made: World, ended: Ended) -> list[str]:
    """A broken answer is no reason to write other documents than the truth would give."""
    if ended.code or LIES[what.tale.lie].depth is not Depth.NO_ANSWER:
        return []
    said = any("cannot be read" in note for note in (ended.document() or {}).get("notes", ()))
    truth, told = (_documents(root) for root in (bases.folder / f"{what.size}-pulled", made.root))
    left_out = truth.keys() - told.keys() if said else set()
    others = (truth.keys() | told.keys()) - left_out
    differing = sorted(name for name in others if truth.get(name) != told.get(name))
    return [f"misled: pulled {differing[:4]}, which differ"] if differing else []


def _documents(root: Path) -> dict[str, str]:
    files = (each for each in root.rglob("*.yaml") if ".reconcile" not in each.parts)
    return {str(each.relative_to(root)): each.read_text(encoding="utf-8") for each in files}


def _settled(made: World, what: Chosen) -> list[str]:
    """Nobody lies any more: what was begun is finished, everything is as wanted, once, and there is no more to do."""
    if SCRIPTS[what.script].state == "bare":
        return []
    found = []
    begun = {"undo", "resync"} & {what.script}
    commands = [arguments_of(made, each) for each in begun]
    if what.script == "plan" and (made.root / "told.json").exists():
        commands.append(("apply", "told.json", "--json"))
    commands.append(("apply", "--auto-approve", "--json"))
    for command in commands:
        found += [f"afterwards, {' '.join(command)}: {each}" for each in reconcile(made, *command).faults()]
    with made.simulator() as simulator:
        simulator.clock.advance(3 * HOUR)
        simulator.catch_up()
    last = reconcile(made, *commands[-1])
    if last.code:
        found.append(
            f"afterwards, the second honest apply ends with {last.code}: {(last.err or last.out)[-300:]!r}"
        )
    for refresh in ("auto", "full"):
        again = reconcile(made, "plan", "--refresh", refresh, "--detailed-exitcode")
        if again.code:
            found.append(
                f"afterwards, a plan ({refresh}) ends with {again.code}: {(again.out + again.err)[-300:]!r}"
            )
    then = stall.look(made)
    missing = [name for name, there in stall.true_of(then, what.size).items() if not there]
    found += [f"afterwards, not as wanted: {missing[:5]}"] if missing else []
    found += [f"twice: {then.twice}"] if then.twice else []
    return found
