"""Opens plain and gzipped files alike; the first two bytes decide, not the name.

Depends on the checks of this folder.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from steepest.data.files.checks import BOMB_RATIO, FREE_BYTES
from steepest.errors import DataError

LONGEST_LINE = 1 << 24


def is_gzipped(path: Path) -> bool:
    """Whether a file begins with the magic number of gzip.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "packed"
    >>> _ = path.write_bytes(gzip.compress(b"content"))
    >>> is_gzipped(path)
    True
    """
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file, plain or gzipped, as a stream of its uncompressed bytes."""
    try:
        with path.open("rb") as stream:
            packed = is_gzipped(path)
            yield cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if packed else stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: the gzip data are damaged or cut short ({error}); download it again"
        ) from error


def most_bytes(path: Path) -> int:
    """How many bytes a file may unpack to."""
    return max(FREE_BYTES, BOMB_RATIO * path.stat().st_size)


def lines_of(text: TextIO, path: Path) -> Iterator[str]:
    """The lines of a gzipped text; too long a line, or a decompression bomb, is an error."""
    most = most_bytes(path)
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise DataError(
                f"{path}: has a line of over {LONGEST_LINE:,} characters; no text file?"
            )
        if text.buffer.tell() > most:
            raise DataError(
                f"{path}: unpacks to more than {BOMB_RATIO} times its size, which is refused: "
                "unpack it yourself if you trust it"
            )
        yield line
