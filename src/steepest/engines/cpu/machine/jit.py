"""From LLVM text to machine code in memory: compiled once, kept in memory and on disk.

Leans on compiling.py (LLVM is loaded when something is compiled), codecache.py and placed.py.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import threading
import weakref
import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from steepest.config import config
from steepest.engines.cpu import ir
from steepest.engines.cpu.machine import code_cache, preload
from steepest.engines.cpu.machine.code_image import Image, image_of
from steepest.engines.cpu.machine.compiling import PASSES, assembly_of, ir_of, object_of
from steepest.engines.cpu.machine.executable import ObjectFiles, place
from steepest.engines.cpu.machine.processor import (
    OPTIMISATION,
    Processor,
    llvmlite_version,
    processor,
)
from steepest.engines.cpu.machine.threads import at_once

Source = str | Callable[[], str | ir.Module]
"""LLVM text, or a function that writes it (or a module) when it is needed."""

_KEPT_IN_MEMORY = 128
_WORTH_A_PART = 20_000  # letters, which LLVM takes some 12 ms for; a part has 3 ms of its own
_BETWEEN = "\0"  # parts of a text that is kept

_lock = threading.RLock()
_memory: OrderedDict[str, CompiledModule] = OrderedDict()
_counts: Counter[str] = Counter()
_at_rest: list[bool] = []  # holds something while the collector is at rest


def compile_module(
    source: Source,
    *,
    key: str | None = None,
    note: Callable[[], bytes] = bytes,
    target: Processor | None = None,
) -> CompiledModule:
    """Machine code for a module, from memory, from disk or from LLVM, whichever has it first.

    A `key` must determine the text and the note, which is kept with the code. A source that is a
    function, and the note, are not asked for when the code is at hand. `target` is this processor,
    or this processor narrowed.

    >>> module = compile_module("define i64 @next(i64 %n) { %m = add i64 %n, 1  ret i64 %m }")
    >>> import ctypes
    >>> ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(module.address("next"))(41)
    42
    """
    target = target or processor()
    if key is None and callable(source):
        source = str(source())
    digest = _digest(source if key is None else _keyed(key), target)
    with _lock:
        return _found(digest, target) or _remembered(digest, _made(source, note, digest, target))


def kept_module(key: str) -> CompiledModule | None:
    """The module of a key, if it was compiled before, by this process or by another.

    >>> kept_module("no such key") is None
    True
    """
    target = processor()
    with _lock:
        return _found(_digest(_keyed(key), target), target)


def _keyed(key: str) -> str:
    return f"{_sources_stamp()} {key}"


def _found(digest: str, target: Processor) -> CompiledModule | None:
    """The module from memory, or from disk if it is there whole."""
    if digest in _memory:
        _counts["from_memory"] += 1
        _memory.move_to_end(digest)
        return _memory[digest]
    payload = code_cache.load(digest)
    if payload is None:
        return None
    _counts["from_disk"] += 1
    return _remembered(digest, CompiledModule(_Entry.unpacked(payload), target))


def _remembered(digest: str, module: CompiledModule) -> CompiledModule:
    _memory[digest] = module
    if len(_memory) > _KEPT_IN_MEMORY:
        _memory.popitem(last=False)
    return module


def compilations() -> Counter[str]:
    """How many modules this process compiled, and how many it found: tests assert on it.

    >>> before = compilations()
    >>> module = compile_module("define void @nothing() { ret void }")
    >>> again = compile_module("define void @nothing() { ret void }")
    >>> (compilations() - before)["from_memory"] >= 1
    True
    >>> sorted(set(compilations()) - {"compiled", "from_memory", "from_disk"})
    []
    """
    return Counter(_counts)


def forget() -> None:
    """Drop the code kept in memory; programs that hold theirs keep it.

    >>> forget()
    """
    with _lock:
        _memory.clear()


class CompiledModule:
    """Machine code in memory; it is freed when nobody holds this object any longer.

    >>> module = compile_module("define double @half() { ret double 0.5 }")
    >>> module.names
    ('half',)
    >>> "ret double" in module.ir and "half" in module.assembly
    True
    """

    def __init__(self, entry: _Entry, target: Processor) -> None:
        self.names = entry.names
        self.note = entry.note
        self.code_bytes = len(entry.code.code)
        self._text = entry.text
        self._target = target
        self._placed = place(entry.code)
        weakref.finalize(self, self._placed.close).atexit = False

    def address(self, name: str) -> int:
        """Where a function begins; valid as long as this object lives."""
        if name not in self.names:
            raise KeyError(f"the module has no function {name!r}; it has {', '.join(self.names)}")
        return self._placed.address(name)

    @property
    def ir(self) -> str:
        """The LLVM text after optimisation, made anew at each request."""
        return "\n".join(ir_of(text, self._target) for text in self._texts)

    @property
    def assembly(self) -> str:
        """The machine code as assembly text, made anew at each request."""
        return "\n".join(assembly_of(text, self._target) for text in self._texts)

    @property
    def _texts(self) -> list[str]:
        return zlib.decompress(self._text).decode().split(_BETWEEN)


@dataclass(frozen=True)
class _Entry:
    """What is kept of a module: its note, its LLVM text (compressed) and its code."""

    note: bytes
    text: bytes
    code: Image | ObjectFiles

    @property
    def names(self) -> tuple[str, ...]:
        """The functions that can be called."""
        return tuple(self.code.functions) if isinstance(self.code, Image) else self.code.names

    def packed(self) -> bytes:
        sizes, code = (len(self.note), len(self.text)), self.code
        places: list[object] = (
            [code.functions, code.foreign]
            if isinstance(code, Image)
            else [code.names, [len(file) for file in code.files]]
        )
        header = json.dumps([*sizes, *places]).encode()
        return header + b"\n" + self.note + self.text + code.code

    @staticmethod
    def unpacked(payload: bytes) -> _Entry:
        header, _, rest = payload.partition(b"\n")
        note, text, functions, others = json.loads(header)
        code = rest[note + text :]
        made = (
            Image(code, functions, others)
            if isinstance(functions, dict)
            else ObjectFiles(tuple(_cut(code, others)), tuple(functions))
        )
        return _Entry(rest[:note], rest[note : note + text], made)


def _cut(code: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Files that lie behind one another."""
    start = 0
    for size in sizes:
        yield code[start : start + size]
        start += size


def _made(
    source: Source, note: Callable[[], bytes], digest: str, target: Processor
) -> CompiledModule:
    """The module compiled, and put on disk."""
    preload.begin()
    with _collector_at_rest():
        texts, kept = _texts(source() if callable(source) else source), note()
    entry = _compiled(texts, kept, target)
    _counts["compiled"] += 1
    code_cache.store(digest, entry.packed())
    return CompiledModule(entry, target)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python looks for no cycles meanwhile: all that is being made is in use, and each search goes
    through it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    _at_rest.append(True)
    try:
        yield
    finally:
        _at_rest.clear()
        gc.enable()


def _compiled(texts: list[str], note: bytes, target: Processor) -> _Entry:
    objects = at_once(lambda text: object_of(text, target), texts)
    files = tuple(one.file for one in objects)
    names = tuple(name for one in objects for name in one.names)
    kept = zlib.compress(_BETWEEN.join(texts).encode(), 1)
    return _Entry(note, kept, image_of(files) or ObjectFiles(files, names))


def _texts(made: str | ir.Module) -> list[str]:
    """The LLVM text, in as many parts as cores can take at once where that is worth it."""
    text = str(made)
    parts = min(config.threads or processor().cores, len(text) // _WORTH_A_PART)
    return ir.parts_of(made, parts) if isinstance(made, ir.Module) and parts > 1 else [text]


def _digest(text: object, target: Processor) -> str:
    parts = (llvmlite_version(), target.key, str(OPTIMISATION), *PASSES, str(text))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _sources_stamp() -> str:
    """Changes with any file that takes part in turning a graph into text: a key outlives none."""
    package = str(Path(__file__).resolve().parents[3])
    rooms = (os.path.join(package, room) for room in ("core", "program", "engines"))
    marks = sorted((path.removeprefix(package), *m) for room in rooms for path, *m in _marks(room))
    return hashlib.sha256(repr(marks).encode()).hexdigest()


def _marks(folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every source file below a folder."""
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            status = entry.stat()
            yield entry.path, status.st_size, status.st_mtime_ns
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _marks(entry.path)


def _go_on_alone() -> None:
    """A child forked while another thread compiled must not wait for what that would do next."""
    global _lock
    _lock = threading.RLock()
    if _at_rest:
        _at_rest.clear()
        gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_go_on_alone)
