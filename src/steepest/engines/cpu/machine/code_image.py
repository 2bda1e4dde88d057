"""Code images: the object files of a module linked into one block of bytes.

Only the addresses of C functions are left open. Object files of x86-64 (ELF) are linked once, when
they are compiled; later processes load the image without LLVM. Depends on the standard library
alone.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

_ELF64, _X86_64 = b"\x7fELF\x02\x01\x01", 62  # format; machine
_PROGRAM_DATA, _SYMBOLS, _RELOCATIONS, _NO_BITS = 1, 2, 4, 8  # kinds of section
_WRITE, _ALLOCATED = 1, 2  # flags of a section
_PC32, _PLT32 = 2, 4  # relocations: symbol + addend - offset of the relocation, in 32 bits
_GLOBAL, _HIDDEN = 1, 2  # of a symbol: visible to all files; only to those it is linked with
_JUMP = b"\xff\x25\x02\x00\x00\x00\x00\x00"  # jump to the address stored in the next 8 bytes


@dataclass(frozen=True)
class Image:
    """Code and constants in one block; offsets of the functions and of the open addresses.

    `foreign` gives for each C function the offset at which its address must be stored.
    """

    code: bytes
    functions: dict[str, int]
    foreign: dict[str, int]


@dataclass(frozen=True)
class _Section:
    """The header of a section of an object file, without its name."""

    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int


class _Unsupported(Exception):
    """The object file has a section or relocation that is not handled here."""


def image_of(files: Sequence[bytes]) -> Image | None:
    """Links the object files of one module; None if a format or relocation is not supported.

    >>> image_of([b"something else"]) is None
    True
    """
    supported = all(file[:7] == _ELF64 and file[18] == _X86_64 for file in files)
    if sys.platform == "win32" or not supported:
        return None
    try:
        return _Linker([_ObjectFile(file) for file in files]).image()
    except _Unsupported:
        return None


@dataclass(frozen=True)
class _Symbol:
    """A symbol of an object file: its section (0: undefined) and its offset there (`value`)."""

    name: str
    info: int
    other: int
    section: int
    value: int


class _ObjectFile:
    """Sections of one file, and the offsets in the image of those that are copied there."""

    def __init__(self, file: bytes) -> None:
        self.file = file
        self.sections = list(_sections_of(file))
        self.starts: dict[int, int] = {}

    def symbol(self, table: _Section, number: int) -> _Symbol:
        """Entry `number` of a symbol table."""
        name, info, other, section, value, _ = struct.unpack_from(
            "<IBBHQQ", self.file, table.offset + 24 * number
        )
        start = self.sections[table.link].offset + name
        text = self.file[start : self.file.index(0, start)].decode()
        return _Symbol(text, info, other, section, value)

    def globals(self) -> list[_Symbol]:
        """The functions that other files can refer to by name."""
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
class _Linker:
    """Builds an image: copies the sections, then resolves the references between them."""

    files: list[_ObjectFile]
    code: bytearray = field(default_factory=bytearray)
    offsets: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)

    def image(self) -> Image:
        """The linked image."""
        functions = {}
        for file in self.files:
            for number, section in enumerate(file.sections):
                if section.flags & _ALLOCATED and section.size:
                    self._copy(file, number, section)
            for symbol in file.globals():
                offset = self.offsets[symbol.name] = file.starts[symbol.section] + symbol.value
                if symbol.other & 3 != _HIDDEN:
                    functions[symbol.name] = offset
        for file in self.files:
            for section in file.sections:
                if section.kind == _RELOCATIONS and section.info in file.starts:
                    self._relocate(file, section)
        return Image(bytes(self.code), functions, self.foreign)

    def _copy(self, file: _ObjectFile, number: int, section: _Section) -> None:
        if section.flags & _WRITE or section.kind == _NO_BITS:
            raise _Unsupported
        if section.kind == _PROGRAM_DATA:  # tables for unwinding the stack are not needed
            self._align(section.align)
            file.starts[number] = len(self.code)
            self.code += file.file[section.offset : section.offset + section.size]

    def _align(self, to: int) -> None:
        self.code += b"\0" * (-len(self.code) % max(to, 1))

    def _relocate(self, file: _ObjectFile, section: _Section) -> None:
        start, symbols = file.starts[section.info], file.sections[section.link]
        for entry in range(section.offset, section.offset + section.size, 24):
            offset, symbol, addend = struct.unpack_from("<QQq", file.file, entry)
            if symbol & 0xFFFFFFFF not in (_PC32, _PLT32):
                raise _Unsupported
            here = start + offset
            target = self._target(file, file.symbol(symbols, symbol >> 32))
            struct.pack_into("<i", self.code, here, target + addend - here)

    def _target(self, file: _ObjectFile, symbol: _Symbol) -> int:
        """The offset of a symbol in the image; of a C function, that of a jump to it."""
        if symbol.section:
            if symbol.section not in file.starts:
                raise _Unsupported
            return file.starts[symbol.section] + symbol.value
        if symbol.name in self.offsets:
            return self.offsets[symbol.name]
        if symbol.name not in self.foreign:
            if foreign_address(symbol.name) is None:
                raise _Unsupported
            self._align(16)
            self.code += _JUMP + bytes(8)
            self.foreign[symbol.name] = len(self.code) - 8
        return self.foreign[symbol.name] - len(_JUMP)


@cache
def foreign_address(name: str) -> int | None:
    """The address of a function of the C library in this process; None if there is none.

    >>> foreign_address("memset") != foreign_address("no such function") is None
    True
    """
    function = getattr(ctypes.CDLL(None), name, None)
    return None if function is None else ctypes.cast(function, ctypes.c_void_p).value
