"""Opens a file that may be packed (.gz), or be the one file of an archive (.zip), as a stream of bytes.

Nothing is ever unpacked under the name an archive gives: a member is only streamed, so that names such as
`../evil.csv` lead nowhere.
"""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from commonweal.errors import CommonwealError
from commonweal.sources.read.written import unreadable

#: An archive that unpacks to more than this, and to more than so many times its own size, is not opened.
_LARGE: Final = 1_000_000_000
_TIMES: Final = 200

#: What a system says when there is no room left to write to.
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BROKEN: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked. Raises RECORDS-UNREADABLE, also where they break off."""
    try:
        if path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive, archive.open(_member(path, archive)) as stream:
                yield stream
        elif path.name.lower().endswith(".gz"):
            with gzip.open(path) as unpacked:
                yield unpacked  # type: ignore[misc]  # a stream of bytes in all but its declared type
        else:
            with path.open("rb") as stream:
                yield stream
    except _BROKEN as error:
        if getattr(error, "errno", None) in FULL:
            # what is read here is being written elsewhere, and there is no room left for it
            raise
        what = "the file can't be read to its end" if path.exists() else "the file is gone"
        raise CommonwealError(unreadable(path, what, "Copy or export it again.")) from error


def member_name(path: Path) -> str:
    """The name of the file in an archive, or the file's own name. Raises as `opened` does."""
    if not path.name.lower().endswith(".zip"):
        return path.name
    try:
        with zipfile.ZipFile(path) as archive:
            return _member(path, archive).filename
    except _BROKEN as error:
        raise CommonwealError(unreadable(path, "the file is not a whole archive")) from error


def _member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        what = f"the archive holds {len(members)} files"
        raise CommonwealError(unreadable(path, what, "Pack one file of records, and nothing else."))
    (member,) = members
    if member.file_size > max(_LARGE, _TIMES * path.stat().st_size):
        what = f"the archive would unpack to {member.file_size / path.stat().st_size:,.0f} times its size"
        raise CommonwealError(
            unreadable(path, what, "Unpack it yourself if you trust it, and name the file.")
        )
    return member


def lines_of(stream: IO[bytes], longest: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream, numbered from 1; None for one of more bytes than `longest`.

    >>> from io import BytesIO
    >>> list(lines_of(BytesIO(b"ab\\nabcd\\na"), 3))
    [(1, b'ab\\n'), (2, None), (3, b'a')]
    """
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if len(line) <= longest:
            yield number, line
            continue
        while not line.endswith(b"\n") and line:
            line = stream.readline(longest + 1)
        yield number, None
