"""The summary on top of an account's changes: a line for each thing that there is to say, no more."""

from collections.abc import Iterator, Sequence

from reconciler.model.changes import Change
from reconciler.model.plan import AccountPlan
from reconciler.render.change_text import called
from reconciler.render.difference import with_percent
from reconciler.render.fees_text import fees_said
from reconciler.render.style import Style
from reconciler.render.summary import Summary, summary_of
from reconciler.render.totals import SAID
from reconciler.render.value_text import from_to, percent
from reconciler.render.words import counted, listed

#: A plan of fewer changes is read as it stands: only what is not taken back is said before them.
FEWEST = 4
_NAMES = 3
_LABEL = 8


def summary_text(part: AccountPlan, style: Style) -> Iterator[str]:
    """Yield the summary of an account: how much, the largest move, what goes, and what is not taken back."""
    told = summary_of(part)
    lines = list(_lines(told, style)) if sum(told.verbs.values()) >= FEWEST else []
    lines += [("fees", "warning", each) for each in fees_said(part)]
    lines += [("for good", "warning", each) for each in told.lasting]
    for label, meaning, text in lines:
        yield f"  {style(meaning, f'{label:<{_LABEL}}')}  {text}"
    if lines:
        yield ""


def _lines(told: Summary, style: Style) -> Iterator[tuple[str, str, str]]:
    yield (
        "in short",
        "strong",
        ", ".join(f"{told.verbs[verb]:,} {said}" for verb, said in SAID.items() if told.verbs[verb]),
    )
    if told.moves:
        yield "prices", "update", _prices(told, style)
    if told.stock:
        yield "stock", "update", f"{counted(told.stock, 'number')} changed"
    if told.zeros:
        yield "to zero", "end", _listed([each for each, _ in told.zeros])
    if told.ends:
        yield "ends", "end", _listed(told.ends)
    if told.on_sale:
        yield "on sale", "activate", f"{counted(told.on_sale, 'offer')} put on sale"
    for each in told.used[:_NAMES]:
        yield "used by", "update", f"{counted(each.uses, 'offer')}: {called(each)}"
    if len(told.used) > _NAMES:
        yield "used by", "update", f"fewer offers: {len(told.used) - _NAMES:,} more, below"


def _prices(told: Summary, style: Style) -> str:
    change, field = told.moves[0]
    said = ", ".join(f"{number:,} {way}" for number, way in ((told.up, "up"), (told.down, "down")) if number)
    most = "" if len(told.moves) == 1 else "largest: "
    share = percent(field.before, field.after)
    moved = with_percent(from_to(field.before, field.after), share, style)
    return f"{said}; {most}{called(change)}  {moved}"


def _listed(changes: Sequence[Change]) -> str:
    return f"{len(changes):,}: {listed([called(each) for each in changes], _NAMES)}"
