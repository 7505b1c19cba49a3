"""Which rules are off: in `reconcile.yaml` for all, and by a comment for the line that it stands at."""

import re
from collections.abc import Callable, Mapping

from reconciler.documents.document import Documents
from reconciler.engine.linting.blemish import RULES, Blemish
from reconciler.model.marks import Mark

_COMMENT = re.compile(r"(?:^|\s)#\s*reconcile:\s*ignore\s+(L\d{3}(?:[\s,]+L\d{3})*)")


def switched_on(documents: Documents) -> frozenset[str]:
    """Return the rules that `lint:` of the project leaves on."""
    document = documents.project.document
    said: Mapping[str, object] = document.body.get("lint", {}) if document else {}
    return frozenset(code for code in RULES if said.get(code) not in ("off", False))


def not_ignored(documents: Documents) -> Callable[[Blemish], bool]:
    """Return whether a blemish is to be told: no comment in its line, or in the one above, names its rule."""
    texts = {each.source.path: each.source.text for each in documents.documents}
    project = documents.project.document
    if project:
        texts[project.source.path] = project.source.text
    lines = {path: text.split("\n") for path, text in texts.items() if "reconcile:" in text}

    def told(blemish: Blemish) -> bool:
        mark = blemish.finding.mark
        return mark is None or blemish.finding.code not in _ignored(lines.get(mark.file, []), mark)

    return told


def _ignored(lines: list[str], mark: Mark) -> set[str]:
    codes: set[str] = set()
    for number in (mark.line - 1, mark.line - 2):
        if 0 <= number < len(lines) and (number == mark.line - 1 or lines[number].lstrip().startswith("#")):
            for found in _COMMENT.finditer(lines[number]):
                codes.update(re.split(r"[\s,]+", found[1]))
    return codes
