"""Files are written through one door, and read through another."""

from __future__ import annotations

import ast
import re

from .sources import files, name, tree

#: Who writes by other means, and why.
WRITERS = {
    "reconciler/runtime/writing.py": "the door",
    "reconciler/cli/output.py": "standard output whose reader went away becomes /dev/null",
    "reconciler/runtime/ledger/database.py": "SQLite writes the ledger",
    "reconciler/runtime/ledger/cache_file.py": "SQLite writes the cache",
    "reconciler/runtime/ledger/copying.py": "SQLite in memory, and copies in a folder of the system for temporary files",
    "reconciler/runtime/connection/environment.py": "a folder of the system for temporary files",
    "reconciler/simulator/store.py": "an island: SQLite writes the practice marketplace",
    "reconciler/simulator/traffic.py": "an island: a record of requests that is appended to",
    "reconciler/simulator/record.py": "an island: a record of requests that is appended to",
}
#: Who reads by other means, and why.
READERS = {
    "reconciler/runtime/reading.py": "the door",
    "reconciler/runtime/ledger/locks.py": "what the kernel says of processes",
    "reconciler/documents/resources.py": "what the package brings along",
    "reconciler/render/html/page.py": "what the package brings along",
    "reconciler/cli/init.py": "what the package brings along",
    "reconciler/runtime/forge/github.py": "an entry of a zip, out of bytes that were fetched",
    "reconciler/connectors/tables/sheet_look.py": "an entry of a zip, out of bytes that were read",
    "reconciler/cli/spec.py": "a spec that its author checks",
    "reconciler/demo/aside.py": "what the demo has just written",
}
_WRITES = re.compile(
    r"\.(write_text|write_bytes|touch|link_to|hardlink_to|rename)$"
    r"|^os\.(replace|rename|link|truncate)$|^tempfile\.|^shutil\.(copy|move)|^sqlite3\.connect$"
)
_READS = re.compile(r"\.(read_text|read_bytes)$|^open$|\.open$")


def _calls(pattern: re.Pattern[str]) -> set[str]:
    found = set()
    for file in files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and pattern.search(ast.unparse(node.func)):
                found.add(name(file))
    return found


def _opens_to_write() -> set[str]:
    found = set()
    for file in files():
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.Call):
                continue
            words = [each.value for each in (*node.args, *(word.value for word in node.keywords))
                     if isinstance(each, ast.Constant) and isinstance(each.value, str)]  # fmt: skip
            called = ast.unparse(node.func)
            mode = any(re.fullmatch(r"[rwax]b?t?\+?b?", word) and set(word) & set("wax+") for word in words)
            if (called.endswith("open") and mode) or called == "os.open":
                found.add(name(file))
    return found


def test_everything_that_is_written_goes_through_one_door() -> None:
    """A temporary file, fsync, rename: whoever writes by other means stands in the list above, with a reason."""
    found = _calls(_WRITES) | _opens_to_write()
    assert found - {"reconciler/runtime/reading.py"} == set(WRITERS)


def test_everything_that_is_read_goes_through_one_door() -> None:
    """Regular files, and no more of them than a bound."""
    readers = {
        each for each in _calls(_READS)
        if each not in WRITERS and not _only_other_opens(each)
    }  # fmt: skip
    assert readers <= set(READERS)


def _only_other_opens(file: str) -> bool:
    """`Console.open`, `webbrowser.open` and the like are no files; the workspace's methods lead to the door."""
    harmless = re.compile(r"^(Console|webbrowser)\.open$|^(workspace|self)\.(read_text|read_bytes|_bytes)$")
    (source,) = [each for each in files() if name(each) == file]
    called = [ast.unparse(node.func) for node in ast.walk(tree(source)) if isinstance(node, ast.Call)]
    return all(harmless.search(each) for each in called if _READS.search(each))
