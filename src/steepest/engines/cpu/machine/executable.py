"""Loads machine code into memory: images directly, other object files by LLVM's linker.

Depends on code_image.py, and on llvmlite where there is no image.
"""

from __future__ import annotations

import ctypes
import mmap
from dataclasses import dataclass
from functools import cache
from typing import Any

from steepest.engines.cpu.machine.code_image import Image, foreign_address
from steepest.engines.cpu.machine.processor import llvm_binding, processor, target_machine
from steepest.errors import EngineUnavailable

_FAILED = ctypes.c_void_p(-1).value  # the result of mmap when it fails


@dataclass(frozen=True)
class ObjectFiles:
    """Object files as LLVM writes them, and the functions that are called from outside."""

    files: tuple[bytes, ...]
    names: tuple[str, ...]

    @property
    def code(self) -> bytes:
        """The bytes of all files, one after another."""
        return b"".join(self.files)


def load_code(code: Image | ObjectFiles) -> MappedImage | LinkedFiles:
    """Makes code callable."""
    return MappedImage(code) if isinstance(code, Image) else LinkedFiles(code)


class MappedImage:
    """An image in executable memory that can no longer be written.

    The memory comes from the operating system itself: Python's `mmap.mmap` would free it when the
    interpreter ends, while threads may still run in it.
    """

    def __init__(self, image: Image) -> None:
        self._functions, self._size = image.functions, len(image.code)
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        self._start = _system().mmap(
            None, self._size, mmap.PROT_READ | mmap.PROT_WRITE, private, -1, 0
        )
        if self._start == _FAILED:
            raise MemoryError(f"no memory for {self._size} bytes of machine code")
        ctypes.memmove(self._start, image.code, self._size)
        for name, offset in image.foreign.items():
            address = ctypes.c_uint64(foreign_address(name) or 0)
            ctypes.memmove(self._start + offset, ctypes.byref(address), 8)
        if _system().mprotect(self._start, self._size, mmap.PROT_READ | mmap.PROT_EXEC):
            self.close()
            raise EngineUnavailable(
                "this system does not allow a program to run code that it generated, and the cpu "
                'engine generates code; choose st.config.engine = "numpy"'
            )

    def address(self, name: str) -> int:
        """The address of a function."""
        return int(self._start + self._functions[name])

    def close(self) -> None:
        """Frees the memory."""
        _system().munmap(self._start, self._size)


@cache
def _system() -> ctypes.CDLL:
    """The C library, with the signatures of its functions for memory."""
    library = ctypes.CDLL(None)
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    library.mmap.restype = pointer
    library.mmap.argtypes = [pointer, size, number, number, number, ctypes.c_long]
    library.mprotect.argtypes = [pointer, size, number]
    library.munmap.argtypes = [pointer, size]
    return library


class LinkedFiles:
    """Object files linked by LLVM; C functions (memset, fmod) are those of this process.

    Each has its own JIT: a shared one retains 10 kB for every library that it ever had.
    JITLink puts code and constants near each other, as the small code model requires.
    """

    def __init__(self, files: ObjectFiles) -> None:
        llvm = llvm_binding()
        self._jit = llvm.create_lljit_compiler(target_machine(processor()), use_jit_link=True)
        library = llvm.JITLibraryBuilder().add_current_process()
        for file in files.files:
            library.add_object_img(file)
        for name in files.names:
            library.export_symbol(name)
        self._library: Any = library.link(self._jit, "steepest")

    def address(self, name: str) -> int:
        """The address of a function."""
        return int(self._library[name])

    def close(self) -> None:
        """Frees the memory."""
        self._library.close()
        self._jit.close()
