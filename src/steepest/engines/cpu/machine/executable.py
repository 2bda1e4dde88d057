"""Machine code in memory: an image is placed by hand, any other object file is linked by LLVM.

Leans on image.py, and on llvmlite where there is no image.
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

_FAILED = ctypes.c_void_p(-1).value  # what mmap answers when it cannot


@dataclass(frozen=True)
class ObjectFiles:
    """Object code as LLVM gives it, and the functions in it that are called from outside."""

    files: tuple[bytes, ...]
    names: tuple[str, ...]

    @property
    def code(self) -> bytes:
        """All of it, one file behind another."""
        return b"".join(self.files)


def place(code: Image | ObjectFiles) -> Placed | Linked:
    """Code that can be called."""
    return Placed(code) if isinstance(code, Image) else Linked(code)


class Placed:
    """An image in memory that may be run and can no longer be written.

    The memory is asked of the system itself: an object of Python's would give it back at the end
    of the interpreter, when threads may still be running in it.
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
        for name, place in image.foreign.items():
            address = ctypes.c_uint64(foreign_address(name) or 0)
            ctypes.memmove(self._start + place, ctypes.byref(address), 8)
        if _system().mprotect(self._start, self._size, mmap.PROT_READ | mmap.PROT_EXEC):
            self.close()
            raise EngineUnavailable(
                "this system lets no program run code that it made, and the cpu engine makes "
                'code; choose st.config.engine = "numpy"'
            )

    def address(self, name: str) -> int:
        """Where a function begins."""
        return int(self._start + self._functions[name])

    def close(self) -> None:
        """Give the memory back."""
        _system().munmap(self._start, self._size)


@cache
def _system() -> ctypes.CDLL:
    """The C library's words for memory."""
    library = ctypes.CDLL(None)
    place, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    library.mmap.restype = place
    library.mmap.argtypes = [place, size, number, number, number, ctypes.c_long]
    library.mprotect.argtypes = [place, size, number]
    library.munmap.argtypes = [place, size]
    return library


class Linked:
    """Object files in memory; what they call (memset, fmod) is found in this process.

    Each has a JIT of its own: one that is shared keeps 10 kB for every library it ever had.
    JITLink puts code and constants side by side, as the small code model requires.
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
        """Where a function begins."""
        return int(self._library[name])

    def close(self) -> None:
        """Give the memory back."""
        self._library.close()
        self._jit.close()
