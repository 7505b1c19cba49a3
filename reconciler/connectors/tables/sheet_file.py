"""The outside of a spreadsheet: a zip, which is asked what it unpacks to before anybody unpacks it."""

import io
import struct
import zipfile
import zlib

from reconciler.connectors.base import SourceFault

#: Unpacked bytes: 100,000 rows of ten columns are about 50 MB.
_UNPACKED = 200_000_000
_PIECE = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "Save it as xlsx or ods."
#: The fixed part of what stands before each entry, and where in it the lengths of the name and the extras are.
_LOCAL, _LENGTHS = 30, 26


def checked(data: bytes) -> zipfile.ZipFile:
    """Return the zip that a spreadsheet is.

    SourceFault for what is none, needs a password, or unpacks to more than it says or than 200 MB.
    """
    if not data:
        raise SourceFault("the file is empty", short=True)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise locked()
        raise SourceFault("the file is an xls of old", _SAVE)
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        cut = data.startswith(b"PK")
        said = "the file is cut off or damaged" if cut else "the file is neither xlsx nor ods"
        raise SourceFault(said, "" if cut else _SAVE, short=cut) from None
    entries = file.infolist()
    if any(each.flag_bits & 1 for each in entries):
        raise locked()
    if sum(each.file_size for each in entries) > _UNPACKED:
        raise SourceFault(f"the sheet unpacks to more than {_UNPACKED // 1_000_000} MB")
    for each in entries:
        if not _as_declared(data, each):
            raise SourceFault(f"the file is damaged: `{each.filename}` in it is not of the size that it says")
    return file


def locked() -> SourceFault:
    """Say that nobody can read a sheet without its password."""
    return SourceFault("the sheet has a password", "Save it without one.")


def _as_declared(data: bytes, entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry unpacks to just what it declares; no more of it than that is unpacked, in pieces."""
    if entry.header_offset + _LOCAL > len(data):
        return False
    lengths = struct.unpack_from("<HH", data, entry.header_offset + _LENGTHS)
    start = entry.header_offset + _LOCAL + sum(lengths)
    packed = memoryview(data)[start : start + entry.compress_size]
    if len(packed) != entry.compress_size:
        return False
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size == entry.file_size
    return entry.compress_type == zipfile.ZIP_DEFLATED and _inflates_to(packed, entry.file_size)


def _inflates_to(packed: memoryview, size: int) -> bool:
    inflating, left, found = zlib.decompressobj(-zlib.MAX_WBITS), bytes(packed), 0
    try:
        while not inflating.eof and found <= size:
            piece = inflating.decompress(left, _PIECE)
            left = inflating.unconsumed_tail
            found += len(piece)
            if not piece and not left:
                break
    except zlib.error:
        return False
    return inflating.eof and found == size
