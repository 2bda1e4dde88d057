"""Machine code in one piece, whole but for the addresses of the C functions that it calls.

Object files of x86-64 (ELF) are laid out once, when they are compiled; later processes place the
image without loading LLVM. Leans on the standard library alone.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

_ELF64_X86 = (b"\x7fELF\x02\x01\x01", 62)
_PROGRAM_DATA, _SYMBOLS, _RELOCATIONS, _NO_BITS = 1, 2, 4, 8  # kinds of section
_WRITE, _ALLOCATED = 1, 2  # flags of a section
_PC32, _PLT32 = 2, 4  # relocations: symbol + addend - place, in 32 bits
_GLOBAL, _HIDDEN = 1, 2  # of a symbol: seen by other files; by those it is linked with alone
_JUMP = b"\xff\x25\x02\x00\x00\x00\x00\x00"  # jump to the address that stands in the next 8 bytes


@dataclass(frozen=True)
class Image:
    """Code and constants side by side: where each function is, and each foreign address is due."""

    code: bytes
    functions: dict[str, int]
    foreign: dict[str, int]


@dataclass(frozen=True)
class _Section:
    """One section of the object file, its name aside."""

    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int


class _Unfamiliar(Exception):
    """The object file has something that is not handled here."""


def image_of(files: Sequence[bytes]) -> Image | None:
    """The image of object files that belong together; None if one is of another format, or holds
    what is not known here.

    >>> image_of([b"something else"]) is None
    True
    """
    if sys.platform == "win32" or not all(map(_is_familiar, files)):
        return None
    try:
        return _Layout([_ObjectFile(file) for file in files]).image()
    except _Unfamiliar:
        return None


def _is_familiar(file: bytes) -> bool:
    return file[:7] == _ELF64_X86[0] and file[18] == _ELF64_X86[1]


@dataclass(frozen=True)
class _Symbol:
    """A name in an object file, and the place in a section that it stands for; section 0: none."""

    name: str
    info: int
    other: int
    section: int
    value: int


class _ObjectFile:
    """Sections of one file, and where those that are needed begin in the image."""

    def __init__(self, file: bytes) -> None:
        self.file = file
        self.sections = list(_sections_of(file))
        self.starts: dict[int, int] = {}

    def symbol(self, table: _Section, number: int) -> _Symbol:
        """An entry of a table of symbols."""
        name, info, other, section, value, _ = struct.unpack_from(
            "<IBBHQQ", self.file, table.offset + 24 * number
        )
        start = self.sections[table.link].offset + name
        text = self.file[start : self.file.index(0, start)].decode()
        return _Symbol(text, info, other, section, value)

    def globals(self) -> list[_Symbol]:
        """The functions that are known by name outside this file."""
        (table,) = (section for section in self.sections if section.kind == _SYMBOLS)
        every = [self.symbol(table, number) for number in range(table.size // 24)]
        return [one for one in every if one.info >> 4 == _GLOBAL and one.section in self.starts]


def _sections_of(file: bytes) -> Iterator[_Section]:
    (start,) = struct.unpack_from("<Q", file, 0x28)
    size, count = struct.unpack_from("<HH", file, 0x3A)
    for number in range(count):
        _, kind, flags, _, offset, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", file, start + number * size
        )
        yield _Section(kind, flags, offset, length, link, info, align)


@dataclass
class _Layout:
    """An image while it is being put together."""

    files: list[_ObjectFile]
    code: bytearray = field(default_factory=bytearray)
    places: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)

    def image(self) -> Image:
        """Sections side by side, references between them settled."""
        functions = {}
        for file in self.files:
            for number, section in enumerate(file.sections):
                if section.flags & _ALLOCATED and section.size:
                    self._place(file, number, section)
            for symbol in file.globals():
                place = self.places[symbol.name] = file.starts[symbol.section] + symbol.value
                if symbol.other & 3 != _HIDDEN:
                    functions[symbol.name] = place
        for file in self.files:
            for section in file.sections:
                if section.kind == _RELOCATIONS and section.info in file.starts:
                    self._settle(file, section)
        return Image(bytes(self.code), functions, self.foreign)

    def _place(self, file: _ObjectFile, number: int, section: _Section) -> None:
        if section.flags & _WRITE or section.kind == _NO_BITS:
            raise _Unfamiliar
        if section.kind == _PROGRAM_DATA:  # what unwinds the stack is of another kind: not needed
            self._align(section.align)
            file.starts[number] = len(self.code)
            self.code += file.file[section.offset : section.offset + section.size]

    def _align(self, to: int) -> None:
        self.code += b"\0" * (-len(self.code) % max(to, 1))

    def _settle(self, file: _ObjectFile, section: _Section) -> None:
        start, symbols = file.starts[section.info], file.sections[section.link]
        for entry in range(section.offset, section.offset + section.size, 24):
            offset, symbol, addend = struct.unpack_from("<QQq", file.file, entry)
            if symbol & 0xFFFFFFFF not in (_PC32, _PLT32):
                raise _Unfamiliar
            place = start + offset
            target = self._target(file, file.symbol(symbols, symbol >> 32))
            struct.pack_into("<i", self.code, place, target + addend - place)

    def _target(self, file: _ObjectFile, symbol: _Symbol) -> int:
        if symbol.section:
            if symbol.section not in file.starts:
                raise _Unfamiliar
            return file.starts[symbol.section] + symbol.value
        if symbol.name in self.places:
            return self.places[symbol.name]
        if symbol.name not in self.foreign:
            if foreign_address(symbol.name) is None:
                raise _Unfamiliar
            self._align(16)
            self.code += _JUMP + bytes(8)
            self.foreign[symbol.name] = len(self.code) - 8
        return self.foreign[symbol.name] - len(_JUMP)


@cache
def foreign_address(name: str) -> int | None:
    """Where a function of the C library begins in this process.

    >>> foreign_address("memset") != foreign_address("no such function") is None
    True
    """
    function = getattr(ctypes.CDLL(None), name, None)
    return None if function is None else ctypes.cast(function, ctypes.c_void_p).value
