"""Machine code in one piece, whole but for the addresses of the C functions that it calls.

An object file of x86-64 (ELF) is laid out once, when it is compiled; later processes place the
image without loading LLVM. Leans on the standard library alone.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from dataclasses import dataclass, field
from functools import cache

_ELF64_X86 = (b"\x7fELF\x02\x01\x01", 62)
_PROGRAM_DATA, _SYMBOLS, _RELOCATIONS, _NO_BITS = 1, 2, 4, 8  # kinds of section
_WRITE, _ALLOCATED = 1, 2  # flags of a section
_PC32, _PLT32 = 2, 4  # relocations: symbol + addend - place, in 32 bits
_GLOBAL = 1
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


def image_of(file: bytes) -> Image | None:
    """The image of an object file; None for one of another format, or with what is not known here.

    >>> image_of(b"something else") is None
    True
    """
    if sys.platform == "win32" or file[:7] != _ELF64_X86[0] or file[18] != _ELF64_X86[1]:
        return None
    try:
        return _Layout(file, _sections_of(file)).image()
    except _Unfamiliar:
        return None


def _sections_of(file: bytes) -> list[_Section]:
    (start,) = struct.unpack_from("<Q", file, 0x28)
    size, count = struct.unpack_from("<HH", file, 0x3A)
    found = []
    for number in range(count):
        _, kind, flags, _, offset, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", file, start + number * size
        )
        found.append(_Section(kind, flags, offset, length, link, info, align))
    return found


@dataclass
class _Layout:
    """An image while it is being put together."""

    file: bytes
    sections: list[_Section]
    code: bytearray = field(default_factory=bytearray)
    starts: dict[int, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)

    def image(self) -> Image:
        """Sections side by side, references between them settled."""
        for number, section in enumerate(self.sections):
            if section.flags & _ALLOCATED and section.size:
                self._place(number, section)
        for section in self.sections:
            if section.kind == _RELOCATIONS and section.info in self.starts:
                self._settle(section)
        return Image(bytes(self.code), self._functions(), self.foreign)

    def _place(self, number: int, section: _Section) -> None:
        if section.flags & _WRITE or section.kind == _NO_BITS:
            raise _Unfamiliar
        if section.kind == _PROGRAM_DATA:  # what unwinds the stack is of another kind: not needed
            self._align(section.align)
            self.starts[number] = len(self.code)
            self.code += self.file[section.offset : section.offset + section.size]

    def _align(self, to: int) -> None:
        self.code += b"\0" * (-len(self.code) % max(to, 1))

    def _settle(self, section: _Section) -> None:
        start, symbols = self.starts[section.info], self.sections[section.link]
        for entry in range(section.offset, section.offset + section.size, 24):
            offset, symbol, addend = struct.unpack_from("<QQq", self.file, entry)
            if symbol & 0xFFFFFFFF not in (_PC32, _PLT32):
                raise _Unfamiliar
            place = start + offset
            target = self._target(symbols, symbol >> 32)
            struct.pack_into("<i", self.code, place, target + addend - place)

    def _target(self, symbols: _Section, number: int) -> int:
        name, _, _, section, value = self._symbol(symbols, number)
        if section:
            if section not in self.starts:
                raise _Unfamiliar
            return self.starts[section] + value
        if name not in self.foreign:
            if foreign_address(name) is None:
                raise _Unfamiliar
            self._align(16)
            self.code += _JUMP + bytes(8)
            self.foreign[name] = len(self.code) - 8
        return self.foreign[name] - len(_JUMP)

    def _symbol(self, symbols: _Section, number: int) -> tuple[str, int, int, int, int]:
        name, info, other, section, value, _ = struct.unpack_from(
            "<IBBHQQ", self.file, symbols.offset + 24 * number
        )
        start = self.sections[symbols.link].offset + name
        return self.file[start : self.file.index(0, start)].decode(), info, other, section, value

    def _functions(self) -> dict[str, int]:
        (table,) = (section for section in self.sections if section.kind == _SYMBOLS)
        every = [self._symbol(table, number) for number in range(table.size // 24)]
        return {
            name: self.starts[section] + value
            for name, info, _, section, value in every
            if info >> 4 == _GLOBAL and section in self.starts
        }


@cache
def foreign_address(name: str) -> int | None:
    """Where a function of the C library begins in this process.

    >>> foreign_address("memset") != foreign_address("no such function") is None
    True
    """
    function = getattr(ctypes.CDLL(None), name, None)
    return None if function is None else ctypes.cast(function, ctypes.c_void_p).value
