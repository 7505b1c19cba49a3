"""The states of a run and of its operations, and the one table of how an operation gets from one to the next."""

from collections.abc import Mapping
from enum import StrEnum


class OperationState(StrEnum):
    """How far an operation is: not touched, in somebody's hands, answered and to be read back, or done."""

    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    DONE = "done"


class RunPhase(StrEnum):
    """How far a run is: to be gone on with, at its end, given up, or set aside because nobody can read it."""

    OPEN = "open"
    FINISHED = "finished"
    STOPPED = "stopped"
    UNREADABLE = "unreadable"


Moves = Mapping[OperationState, frozenset[OperationState]]

#: Where an operation goes from each state. It is claimed again after a crash, and recorded again when its
#: reading back was cut short.
MOVES: Moves = {
    OperationState.OPEN: frozenset({OperationState.CLAIMED}),
    OperationState.CLAIMED: frozenset({OperationState.CLAIMED, OperationState.ANSWERED, OperationState.DONE}),
    OperationState.ANSWERED: frozenset({OperationState.ANSWERED, OperationState.DONE}),
    OperationState.DONE: frozenset(),
}
#: What reopening a finished run does besides: only it takes back that an operation is done.
REOPENING: Moves = {OperationState.DONE: frozenset({OperationState.ANSWERED})}


def came_from(state: OperationState, moves: Moves = MOVES) -> tuple[OperationState, ...]:
    """Return the states from which an operation gets into this one."""
    return tuple(each for each in OperationState if state in moves.get(each, ()))


#: Nobody has recorded an answer: these are left to send.
LEFT_TO_SEND = came_from(OperationState.CLAIMED)
#: Begun, and not at the end: these may have been sent.
UNDER_WAY = came_from(OperationState.DONE)
#: These need not be sent any more.
SENT = tuple(each for each in OperationState if each not in LEFT_TO_SEND)
