"""What is wrong with a template of the user's."""


class TemplateFault(Exception):  # noqa: N818 - a finding about a user's template, turned into a Diagnostic
    """A template cannot be used: what is wrong, why, and in which line (from 1) of which file.

    `named` is the field of a document that names the template, once that is known.
    """

    def __init__(
        self,
        summary: str,
        detail: str = "",
        line: int = 1,
        *,
        path: str = "",
        code: str = "D407",
        hint: str = "",
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.line = line
        self.path = path
        self.code = code
        self.hint = hint
        self.named = ""
