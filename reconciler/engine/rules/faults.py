"""A rule that cannot be meant: what a person wrote in it, and what is wrong with that."""


class RuleFault(Exception):  # noqa: N818 - a finding about a document, told at its place by the caller
    """A mistake in a rule. `path` leads to it within the rule; `offset` counts letters within the text there."""

    def __init__(self, path: tuple[str, ...], summary: str, hint: str = "", offset: int = 0) -> None:
        super().__init__(summary)
        self.path, self.summary, self.hint, self.offset = path, summary, hint, offset
