"""The user's files: found below the project's folder, read within bounds, never from outside of it."""

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from reconciler.documents.decode import too_large
from reconciler.documents.document import Documents
from reconciler.documents.kinds import PROJECT_FILE, schemas
from reconciler.documents.load import load
from reconciler.documents.project import ignored
from reconciler.engine.pictures import Picture, picture
from reconciler.model.bounds import DOCUMENT, IMAGE, TABLE, TEMPLATE
from reconciler.model.diagnostics import Diagnostic, error, in_reading_order
from reconciler.model.marks import Mark
from reconciler.model.tables import is_pattern
from reconciler.runtime.collector import collector_off
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.named import Named, WorkspaceFault, check_content
from reconciler.runtime.project.placing import JOURNAL, is_half
from reconciler.runtime.project.walk import SUFFIXES, FilesSeen, Walk, stamp_of
from reconciler.runtime.reading import NoFile, TooLarge, insist_on_file, read_file, reason

_SCHEMAS = "schemas"

#: Which of these files need not be read, with the digest of each: path -> digest.
LeftAlone = Callable[[FilesSeen], Mapping[str, str]]


def digest_of(data: bytes) -> str:
    """Return what the content of a file is known by."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def find_project(start: Path) -> Path | Diagnostic:
    """Return the nearest folder from `start` upwards that holds reconcile.yaml, or an error."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    hint = "Go to the project's folder, or make one with `reconcile init`."
    return error("D306", f"there is no {PROJECT_FILE} in {here} or above it", hint=hint)


class Workspace:
    """A project on disk. All paths that it takes and gives are relative to the root, with forward slashes.

    `diagnostics` has what was found wrong with files while they were looked for, `looked_into` what `files` hands
    on of those read before it: bytes, and the digest of the file. With `instead` some are read as something else.
    """

    def __init__(self, root: Path, instead: Mapping[str, bytes] | None = None) -> None:
        self.root = root.resolve()
        self._instead = instead or {}
        self.diagnostics: list[Diagnostic] = []
        self._digests: dict[str, tuple[int, int, tuple[str, Picture]]] = {}
        self._ignored: tuple[str, ...] | None = None
        self._named = Named(self.root, lambda path: self._is_ignored(path, path.rpartition("/")[2]))
        self._fingerprint = ""
        self.looked_into: dict[str, tuple[bytes, str]] = {}
        self.read: dict[str, tuple[str, str]] = {}
        self.taken: dict[str, tuple[str, str]] = {}
        self.paths: tuple[str, ...] = ()

    @property
    def is_as_it_lies(self) -> bool:
        """Tell whether it is what lies on the disk: no other revision, and no file read as something else."""
        return type(self) is Workspace and not self._instead

    def load(self, left_alone: LeftAlone | None = None, progress: Progress = SILENT) -> Documents:
        """Return the checked documents with every finding; of files that are left alone there is nothing in it.

        The garbage collector is off meanwhile: it would walk all that was loaded so far again and again.
        """
        with collector_off():
            files = self.files(left_alone, progress)
            documents = load(files, self.diagnostics)
        gc.freeze()
        findings = in_reading_order((*self.diagnostics, *documents.diagnostics))
        return replace(documents, diagnostics=findings)

    def files(
        self, left_alone: LeftAlone | None = None, progress: Progress = SILENT
    ) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every YAML file, sorted by path; what is wrong goes to `diagnostics`.

        Stamp and digest of what was read are in `read` afterwards; those of other files that documents take in
        come to be in `taken`, as each was when it was looked at first. `paths` are all, in their order.
        """
        self.diagnostics.clear()
        if is_half(self.root):
            hint = "Wait for it, or run `reconcile pull` again: it takes back what is left and begins anew."
            self._say("D120", JOURNAL, "a pull is at work here, or was cut off in the middle", hint=hint)
        self._ignored = self._read_ignored()
        self.taken, self.looked_into = {}, {}
        walk = self._walked(self.root, "")
        seen = walk.seen
        known = left_alone(seen) if left_alone is not None else {}
        digests = dict(known)
        self.read = {}
        for path in self._linked(walk.links):
            seen.paths.append(path)
            seen.stamps.append("")
        to_read = [each for each in zip(*seen, strict=True) if each[0] not in known]
        for path, stamp in in_steps(to_read, "reading documents", progress):
            for name, data, digest in self._read(path):
                digests[name], self.read[name] = digest, (stamp, digest)
                yield name, data
        self.paths = tuple(filter(digests.__contains__, seen.paths))
        told = chain.from_iterable(zip(map(digests.__getitem__, self.paths), self.paths, strict=True))
        self._fingerprint = digest_of("\n".join(told).encode())

    def fingerprint(self, left_alone: LeftAlone | None = None) -> str:
        """Return the digest of all YAML files as they were loaded, or as they are now where none was.

        Of the files that are `left_alone` the digests are believed.
        """
        if not self._fingerprint:
            for _ in self.files(left_alone):
                pass
        return self._fingerprint

    def stamp(self, path: str) -> str:
        """Return the stamp of a file now; empty where a change would not show in it, or it is not there."""
        try:
            about = (self.root / path).stat()
        except (OSError, ValueError):  # it is not there, or no file can be called so
            return ""
        return stamp_of(about)

    def digest_now(self, path: str) -> str:
        """Return the digest of what a document takes in from a file: a document, or what one names; else empty."""
        if path.endswith(SUFFIXES):
            data = self.content(path)
            return "" if data is None else digest_of(data)
        try:
            return self.digest(path)
        except WorkspaceFault:
            return ""

    def shown_no_more(self, paths: Iterable[str]) -> set[str]:
        """Return those of these files that a document took in and may not by now; documents are seen or not."""
        return self._named.shown_no_more(path for path in paths if not path.endswith(SUFFIXES))

    def says(self, path: str, digest: str) -> bool:
        """Tell whether a file has this digest; of one that has not, `files` takes what was read here."""
        if (data := self.content(path)) is None:
            return False
        if (now := digest_of(data)) != digest:
            self.looked_into[path] = data, now
        return now == digest

    def content(self, path: str) -> bytes | None:
        """Return the bytes of a file of documents that was seen; None where it cannot be read now."""
        try:
            return self._instead.get(path) or read_file(f"{self.root}{os.sep}{path}", DOCUMENT)
        except (OSError, ValueError):
            return None

    def project_file(self) -> bytes:
        """Return the bytes of reconcile.yaml, which no document names. Raise WorkspaceFault."""
        try:
            return read_file(self.root / PROJECT_FILE, DOCUMENT)
        except OSError as wrong:
            raise WorkspaceFault(f"{PROJECT_FILE}: {reason(wrong)}") from wrong

    def read_text(self, path: str) -> str:
        """Return a template: a UTF-8 text file that a document names. Raise WorkspaceFault."""
        stamp, data = self.stamp(path), self._bytes(path, TEMPLATE)
        self.taken.setdefault(path, (stamp, hashlib.sha256(data).hexdigest()))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise WorkspaceFault(f"{path} is not UTF-8") from wrong

    def read_bytes(self, path: str) -> bytes:
        """Return the bytes of an image that a document names, or of a file as large. Raise WorkspaceFault."""
        return self._bytes(path, IMAGE)

    def _bytes(self, path: str, most: int) -> bytes:
        file = self._named_file(path)
        try:
            data = read_file(file, most)
        except OSError as wrong:
            raise WorkspaceFault(f"{path}: {reason(wrong)}") from wrong
        check_content(path, data)
        return data

    def tables(self, pattern: str) -> list[tuple[str, Path]]:
        """Return the files of a source: one, or all that a pattern with `*` finds, sorted. Raise WorkspaceFault.

        Their numbers come to stand in offers, their texts do not: git may ignore them, as feeds are.
        """
        if not is_pattern(pattern):
            return [(pattern, self._named.table(pattern))]
        folder, _, name = pattern.rpartition("/")
        if is_pattern(folder):
            raise WorkspaceFault(f"{pattern}: only the name of a file may have a `*`")
        below = self._named.table(folder) if folder else self.root
        try:
            found = sorted(each.name for each in os.scandir(below) if fnmatchcase(each.name, name))
        except OSError as wrong:
            raise WorkspaceFault(f"{pattern}: {reason(wrong)}") from wrong
        names = [f"{folder}/{each}" if folder else each for each in found if not each.startswith(".")]
        return [(each, self._named.table(each)) for each in names]

    def table(self, name: str, file: Path) -> tuple[datetime, bytes]:  # noqa: ARG002 - a revision goes by the name
        """Return when a file that `tables` found was written, and what is in it. Raise OSError, WorkspaceFault."""
        return datetime.fromtimestamp(file.stat().st_mtime, UTC), read_file(file, TABLE)

    def new_document(self, path: str) -> Path:
        """Return the real path of a document that is to be written, and would be read. Raise WorkspaceFault."""
        file = self._named.table(path)
        parts = path.split("/")
        if any(self._is_ignored("/".join(parts[: count + 1]), part) for count, part in enumerate(parts)):
            raise WorkspaceFault(f"{path} is left out by `ignore:` in reconcile.yaml", "Choose another folder.")
        return file

    def schema_of(self, path: str, kind: str) -> str:
        """Return the way from a document to the project's copy of its schema; empty where it has none."""
        name = f"{schemas()[kind]}.schema.json"
        return f"{'../' * path.count('/')}{_SCHEMAS}/{name}" if (self.root / _SCHEMAS / name).is_file() else ""

    def digest(self, path: str) -> str:
        """Return the SHA-256 of a file in hexadecimal, remembered while size and time of change stay."""
        return self._looked_at(path)[0]

    def picture(self, path: str) -> Picture:
        """Return what a file is as a picture, remembered in the same way: both take one reading."""
        return self._looked_at(path)[1]

    def _looked_at(self, path: str) -> tuple[str, Picture]:
        file = self._named_file(path)
        try:
            now = file.stat()
        except OSError as wrong:
            raise WorkspaceFault(f"{path}: {reason(wrong)}") from wrong
        known = self._digests.get(path)
        if known is None or known[:2] != (now.st_size, now.st_mtime_ns):
            data = self.read_bytes(path)
            found = hashlib.sha256(data).hexdigest(), picture(data)
            known = self._digests[path] = (now.st_size, now.st_mtime_ns, found)
        self.taken.setdefault(path, (stamp_of(now), known[2][0]))
        return known[2]

    def _named_file(self, path: str) -> Path:
        file = self._named.found(path)
        try:
            insist_on_file(file)
        except OSError as wrong:
            raise WorkspaceFault(f"{path}: {reason(wrong)}") from wrong
        return file

    def _read_ignored(self) -> tuple[str, ...]:
        try:
            return ignored(PROJECT_FILE, self.project_file())
        except WorkspaceFault:
            return ()  # `load` reports that there is no project

    def _walked(self, folder: Path, prefix: str) -> Walk:
        walk = Walk(self._is_ignored if self._ignored else None, self._instead)
        walk.below(str(folder), prefix)
        self.diagnostics += walk.diagnostics
        return walk

    def _is_ignored(self, path: str, name: str) -> bool:
        if self._ignored is None:
            self._ignored = self._read_ignored()
        if not self._ignored:
            return False
        return any(
            fnmatchcase(path, pattern) or fnmatchcase(name, pattern)
            for pattern in (word.removeprefix("./").rstrip("/") for word in self._ignored)
        )

    def _read(self, path: str) -> Iterator[tuple[str, bytes, str]]:
        if path in self.looked_into:
            yield path, *self.looked_into.pop(path)
            return
        try:
            path.encode()
        except UnicodeEncodeError:
            name = path.encode("utf-8", "backslashreplace").decode()
            self._say("D119", name, "the file's name is not valid UTF-8", hint="Rename it.")
            return
        try:
            data = self._instead.get(path) or read_file(f"{self.root}{os.sep}{path}", DOCUMENT)
            yield path, data, digest_of(data)
        except NoFile:
            self._say("D119", path, "this is no regular file", hint="Remove it, or add it to `ignore:`.")
        except TooLarge as wrong:
            self.diagnostics.append(too_large(path, wrong.size))
        except OSError as wrong:
            self._say("D116", path, f"the file cannot be read: {reason(wrong)}")

    def _linked(self, links: list[tuple[str, str]]) -> Iterator[str]:
        """Check symbolic links. One that stays inside points to what was read already, and is skipped."""
        for path, place in links:
            link = Path(place)
            try:
                target = link.resolve(strict=True)
            except (OSError, RuntimeError) as wrong:
                if path.endswith(SUFFIXES) or not isinstance(wrong, FileNotFoundError):
                    self._broken_link(path, wrong)
                continue
            concerns_us = target.is_dir() or path.endswith(SUFFIXES)
            if concerns_us and not target.is_relative_to(self.root):
                hint = "Copy it into the project, or add the link to `ignore:`."
                self._say("D117", path, "the symbolic link leaves the project", hint=hint)
            elif target.is_dir() and link.parent.resolve().is_relative_to(target):
                hint = "Remove the link, or add it to `ignore:`."
                self._say("D118", path, "the symbolic link points to a folder that it lies in", hint=hint)
            elif concerns_us and self._hidden(target):
                yield from self._through(path, target)

    def _through(self, path: str, target: Path) -> Iterator[str]:
        """Yield what only the link shows: its target lies in a hidden or ignored folder. It is always read."""
        if not target.is_dir():
            yield path
            return
        yield from self._walked(target, f"{path}/").seen.paths

    def _hidden(self, target: Path) -> bool:
        parts = target.relative_to(self.root).parts
        paths = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        return any(
            name.startswith(".") or self._is_ignored(path, name) for path, name in zip(paths, parts, strict=True)
        )

    def _broken_link(self, path: str, wrong: Exception) -> None:
        if isinstance(wrong, FileNotFoundError):
            self._say("D116", path, "the symbolic link points to nothing", hint="Remove it.")
        else:
            self._say("D118", path, "the symbolic link goes in a circle", hint="Remove it.")

    def _say(self, code: str, path: str, summary: str, *, hint: str = "") -> None:
        self.diagnostics.append(error(code, summary, mark=Mark(path), hint=hint))
