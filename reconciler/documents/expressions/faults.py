"""What is wrong with an expression: found when it is compiled, or when it is run on values."""


class ExpressionFault(Exception):  # noqa: N818 - a finding about a user's expression, turned into a Diagnostic
    """An expression cannot be used: what is wrong, what to do, and at which character (from 0) of its text."""

    def __init__(self, summary: str, hint: str = "", *, offset: int) -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint
        self.offset = offset


class EvaluationFault(Exception):  # noqa: N818 - a finding about values, told with the row that they are of
    """An expression has no outcome for these values: a division by zero, a number without bounds, no rate."""

    def __init__(self, summary: str) -> None:
        super().__init__(summary)
        self.summary = summary
