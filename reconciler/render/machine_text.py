"""What is wrong as JUnit XML, and as commands by which a runner of GitHub annotates files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from reconciler.model.diagnostics import Severity
from reconciler.model.foreign import shown
from reconciler.render.gate import RunnerCommand
from reconciler.render.machine import Located

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def junit(found: Sequence[Located], command: str) -> str:
    """Return JUnit XML on one line: a failed test for each error, a passed one with its words for everything else.

    `command` is the test that passes where there is no error: a report without tests counts as a broken one.
    """
    errors = Counter(each.severity for each in found)[Severity.ERROR]
    counts = {"tests": str(len(found) + (not errors)), "failures": str(errors), "errors": "0"}
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "reconcile", **counts, "skipped": "0"})
    if not errors:
        SubElement(suite, "testcase", {"classname": "reconcile", "name": command, "time": "0"})
    for each in found:
        name = shown(f"{each.rule}: {each.summary}")
        place = {"file": shown(each.mark.file), "line": str(each.mark.line)}
        case = SubElement(
            suite, "testcase", {"classname": shown(each.mark.file), "name": name, "time": "0", **place}
        )
        lines = [shown(line) for line in (str(each.mark), each.summary, *each.more)]
        if each.severity is Severity.ERROR:
            told = SubElement(case, "failure", {"message": shown(each.summary), "type": shown(each.rule)})
        else:
            told = SubElement(case, "system-out")
            lines[0] = f"{lines[0]}: {each.severity}"
        told.text = " | ".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>{tostring(root, encoding="unicode")}'


def annotations(found: Sequence[Located]) -> Iterator[RunnerCommand]:
    """Yield a command for each, the worst first: GitHub shows ten of a kind in a step."""
    for each in found:
        properties = {
            "file": each.mark.file,
            "line": str(each.mark.line),
            "col": str(each.mark.column),
            "title": each.rule,
        }
        yield RunnerCommand(_COMMANDS[each.severity], properties, (each.summary, *each.more))
