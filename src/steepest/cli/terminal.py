"""Text for terminals: its width, bold type, tables of columns, messages of one paragraph.

Depends on the standard library only.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

NARROW, WIDE = 24, 100  # columns that text is wrapped at, whatever the terminal has
GAP = 2
LEAST_TEXT = 24  # columns for which the text of a table stays beside its names


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is not."""
    return stream is not None and not stream.closed and stream.isatty()


def width(stream: TextIO | None, without: int = 80) -> int:
    """The columns of text on a stream: those of its terminal, or of the variable COLUMNS.

    >>> width(None, without=72) == 72 or "COLUMNS" in os.environ
    True
    """
    named = os.environ.get("COLUMNS", "")
    columns = int(named) if named.isdecimal() else 0
    if not columns and stream is not None and is_terminal(stream):
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except OSError:
            columns = 0
    return min(max(columns, NARROW), WIDE) if columns else without


def styled(text: str, style: str, stream: TextIO | None) -> str:
    """Text in a style of ANSI terminals ("1" is bold, "31" red), where the stream shows it.

    It does not where NO_COLOR is set, or on a terminal that is called dumb.

    >>> styled("Examples", "1", None)
    'Examples'
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not is_terminal(stream) else f"\x1b[{style}m{text}\x1b[0m"


def paragraph(message: str) -> str:
    """A message of several lines as one; lines that end without a mark are parted by semicolons.

    >>> paragraph("labels.gz could not be downloaded:\\n  cannot be reached\\nget it by hand")
    'labels.gz could not be downloaded: cannot be reached; get it by hand'
    """
    lines = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    joined = [line if line[-1] in ".:;,?!" else f"{line};" for line in lines[:-1]]
    return " ".join([*joined, *lines[-1:]])


def wrapped(text: str, columns: int, indent: str = "", first: str | None = None) -> list[str]:
    """The lines of a paragraph; words that are longer than a line, such as paths, stay whole.

    >>> wrapped("one two three", 8)
    ['one two', 'three']
    """
    return textwrap.wrap(
        text,
        columns,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Sequence[str]], columns: int, indent: str = "  ") -> Iterator[str]:
    """Rows of equally many texts in columns; the last is wrapped, or goes below if it has no room.

    >>> print(*table([("--json", "prints one document"), ("-h", "help")], 40), sep="\\n")
      --json  prints one document
      -h      help
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)][:-1]
    left = len(indent) + sum(widths) + GAP * len(widths)
    for *names, text in rows:
        cells = [name.ljust(size + GAP) for name, size in zip(names, widths, strict=True)]
        head = indent + "".join(cells)
        if not names or columns - left >= LEAST_TEXT:
            yield from wrapped(text, columns, " " * left, head) or [head.rstrip()]
        else:
            yield from wrapped(" ".join(names), columns, indent)
            yield from wrapped(text, columns, indent + " " * 2 * GAP)


def size_of(count: int) -> str:
    """A number of bytes as people write it.

    >>> size_of(512 * 1024), size_of(11_500_000)
    ('512 KB', '11 MB')
    """
    size, unit = float(count), "bytes"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.1f} {unit}" if size < 10 and size % 1 else f"{size:.0f} {unit}"
