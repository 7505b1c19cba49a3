"""What is wrong as SARIF 2.1.0 (docs.oasis-open.org/sarif) and as GitLab's code quality report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from reconciler.model.diagnostics import Severity
from reconciler.render.machine import Located
from reconciler.render.words import counted

#: GitHub keeps so many results of a run, and refuses a file with 25,000.
MOST = 5_000
_LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_QUALITY: Mapping[Severity, str] = {
    Severity.ERROR: "critical",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
}


def sarif(found: Sequence[Located], version: str) -> dict[str, Any]:
    """Return a SARIF log of one run; what it has no room for is counted in it."""
    shown = found[:MOST]
    names = list(dict.fromkeys(each.rule for each in shown))
    places = {name: place for place, name in enumerate(names)}
    results = [_result(each, places[each.rule], mark) for each, mark in zip(shown, _marks(shown), strict=True)]
    left = len(found) - len(shown)
    notes = (
        [{"level": "note", "message": {"text": f"{counted(left, 'result')} more: see the plan."}}] if left else []
    )
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "reconcile", "version": version, "rules": [{"id": n} for n in names]}},
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _result(each: Located, rule: int, mark: str) -> dict[str, Any]:
    region = {"startLine": max(each.mark.line, 1), "startColumn": max(each.mark.column, 1)}
    file = {"uri": quote(each.mark.file, errors="replace"), "uriBaseId": "%SRCROOT%"}
    return {
        "ruleId": each.rule,
        "ruleIndex": rule,
        "level": _LEVELS[each.severity],
        "message": {"text": "\n".join((each.summary, *each.more))},
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
        "partialFingerprints": {"reconcile/v1": mark},
    }


def code_quality(found: Sequence[Located]) -> list[dict[str, Any]]:
    """Return GitLab's list. A guard's refusal is a blocker."""
    return [
        {
            "description": "\n".join((each.summary, *each.more)),
            "check_name": each.rule,
            "fingerprint": mark,
            "severity": "blocker" if each.refused else _QUALITY[each.severity],
            "location": {"path": each.mark.file, "lines": {"begin": max(each.mark.line, 1)}},
        }
        for each, mark in zip(found, _marks(found), strict=True)
    ]


def _marks(found: Sequence[Located]) -> Iterator[str]:
    """Yield what each is known by in the next run: it keeps it when lines move, and no two have the same."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        known = (each.rule, each.mark.file, each.summary)
        seen[known] += 1
        said = "\0".join((*known, str(seen[known])))
        yield sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]
