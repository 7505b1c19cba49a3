"""The texts of documents as they are to become: bytes before and after, file by file. Nothing is put in place."""

from collections.abc import Callable
from pathlib import Path

from reconciler.documents.decode import decode
from reconciler.documents.source import FileText
from reconciler.model.bounds import DOCUMENT
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.reading import read_file


class EditedTexts:
    """Changes the texts of documents that were loaded. `files` are those touched: bytes before and after."""

    def __init__(self, root: Path) -> None:
        self.files: dict[str, tuple[bytes, bytes]] = {}
        self._root = root

    def change(self, source: FileText, edit: Callable[[str], str]) -> None:
        """Change the text of a file; RunStopped where the file is no longer what was loaded."""
        before, after = self.files.get(source.path) or self._read(source)
        text = after.decode("utf-8-sig")
        mark = after[: len(after) - len(text.encode())]  # a byte order mark stays
        self.files[source.path] = (before, mark + edit(text).encode())

    def is_link(self, path: str) -> bool:
        """Tell whether a file is a symbolic link: what it leads to is not replaced."""
        return (self._root / path).is_symlink()

    def changed(self) -> dict[str, tuple[bytes, bytes]]:
        """Return the files whose text is another one now."""
        return {path: both for path, both in self.files.items() if both[0] != both[1]}

    def _read(self, source: FileText) -> tuple[bytes, bytes]:
        data = read_file(self._root / source.path, DOCUMENT)
        if decode(source.path, data) != source.text:
            raise RunStopped(f"{source.path} was changed meanwhile", "run the command again")
        return data, data
