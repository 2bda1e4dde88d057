"""Compiles LLVM text to machine code in memory, with a cache in memory and on disk.

Depends on compiling.py (which loads LLVM when a module is compiled), code_cache.py and
executable.py.
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

from steepest.engines.cores import most_threads
from steepest.engines.cpu import ir
from steepest.engines.cpu.machine import code_cache, preload
from steepest.engines.cpu.machine.code_image import Image, image_of
from steepest.engines.cpu.machine.compiling import PASSES, assembly_of, ir_of, object_of
from steepest.engines.cpu.machine.executable import ObjectFiles, load_code
from steepest.engines.cpu.machine.processor import (
    OPTIMISATION,
    Processor,
    llvmlite_version,
    processor,
)
from steepest.engines.cpu.machine.threads import in_parallel

CodeSource = str | Callable[[], str | ir.Module]
"""LLVM text, or a function that writes it (or a module) when it is needed."""

_MODULES_IN_MEMORY = 128
_PART_LENGTH = 20_000  # characters, which take LLVM some 12 ms; each part costs 3 ms more
_SEPARATOR = "\0"  # between the parts of a stored text

_lock = threading.RLock()
_memory: OrderedDict[str, CompiledModule] = OrderedDict()
_counts: Counter[str] = Counter()
_collector_pauses: list[bool] = []  # not empty while the garbage collector is paused here


def compile_module(
    source: CodeSource,
    *,
    key: str | None = None,
    note: Callable[[], bytes] = bytes,
    target: Processor | None = None,
) -> CompiledModule:
    """Returns the machine code of a module from memory, else from disk, else compiled by LLVM.

    A `key` must determine the text and the note, which is stored with the code. If the code is
    cached, neither a source that is a function nor `note` is called. `target` is this processor,
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
        found = _cached(digest, target)
        return found or _remember(digest, _compiled(source, note, digest, target))


def cached_module(key: str) -> CompiledModule | None:
    """The module of a key if this process or another has compiled it before, else None.

    >>> cached_module("no such key") is None
    True
    """
    target = processor()
    with _lock:
        return _cached(_digest(_keyed(key), target), target)


def _keyed(key: str) -> str:
    return f"{_sources_stamp()} {key}"


def _cached(digest: str, target: Processor) -> CompiledModule | None:
    """The module from memory or from disk, if it is there."""
    if digest in _memory:
        _counts["from_memory"] += 1
        _memory.move_to_end(digest)
        return _memory[digest]
    payload = code_cache.load(digest)
    if payload is None:
        return None
    _counts["from_disk"] += 1
    return _remember(digest, CompiledModule(_Entry.unpacked(payload), target))


def _remember(digest: str, module: CompiledModule) -> CompiledModule:
    _memory[digest] = module
    if len(_memory) > _MODULES_IN_MEMORY:
        _memory.popitem(last=False)
    return module


def compilations() -> Counter[str]:
    """Counts the modules that this process compiled and those it found in a cache; for tests.

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
    """Empties the cache in memory; modules that are still referred to remain valid.

    >>> forget()
    """
    with _lock:
        _memory.clear()


class CompiledModule:
    """Machine code in memory; it is freed with this object.

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
        self._loaded = load_code(entry.code)
        weakref.finalize(self, self._loaded.close).atexit = False

    def address(self, name: str) -> int:
        """The address of a function; valid as long as this object lives."""
        if name not in self.names:
            raise KeyError(f"the module has no function {name!r}; it has {', '.join(self.names)}")
        return self._loaded.address(name)

    @property
    def ir(self) -> str:
        """The LLVM text after optimisation; it is optimised again at each access."""
        return "\n".join(ir_of(text, self._target) for text in self._texts)

    @property
    def assembly(self) -> str:
        """The machine code as assembly text; it is compiled again at each access."""
        return "\n".join(assembly_of(text, self._target) for text in self._texts)

    @property
    def _texts(self) -> list[str]:
        return zlib.decompress(self._text).decode().split(_SEPARATOR)


@dataclass(frozen=True)
class _Entry:
    """A module as the cache stores it: its note, its LLVM text (compressed) and its code."""

    note: bytes
    text: bytes
    code: Image | ObjectFiles

    @property
    def names(self) -> tuple[str, ...]:
        """The functions that can be called."""
        return tuple(self.code.functions) if isinstance(self.code, Image) else self.code.names

    def packed(self) -> bytes:
        """The entry as bytes: a line of JSON, the note, the text, the code."""
        sizes, code = (len(self.note), len(self.text)), self.code
        parts: list[object] = (
            [code.functions, code.foreign]
            if isinstance(code, Image)
            else [code.names, [len(file) for file in code.files]]
        )
        header = json.dumps([*sizes, *parts]).encode()
        return header + b"\n" + self.note + self.text + code.code

    @staticmethod
    def unpacked(payload: bytes) -> _Entry:
        """The entry of bytes that `packed` returned."""
        header, _, rest = payload.partition(b"\n")
        note, text, functions, others = json.loads(header)
        code = rest[note + text :]
        loaded = (
            Image(code, functions, others)
            if isinstance(functions, dict)
            else ObjectFiles(tuple(_split(code, others)), tuple(functions))
        )
        return _Entry(rest[:note], rest[note : note + text], loaded)


def _split(code: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Splits joined files by their sizes."""
    start = 0
    for size in sizes:
        yield code[start : start + size]
        start += size


def _compiled(
    source: CodeSource, note: Callable[[], bytes], digest: str, target: Processor
) -> CompiledModule:
    """Compiles a module and stores it on disk."""
    preload.begin()
    with _collector_paused():
        texts, noted = _texts(source() if callable(source) else source), note()
    entry = _entry(texts, noted, target)
    _counts["compiled"] += 1
    code_cache.store(digest, entry.packed())
    return CompiledModule(entry, target)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pauses Python's garbage collector: while code is written all objects are in use, and each
    collection would traverse them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    _collector_pauses.append(True)
    try:
        yield
    finally:
        _collector_pauses.clear()
        gc.enable()


def _entry(texts: list[str], note: bytes, target: Processor) -> _Entry:
    objects = in_parallel(lambda text: object_of(text, target), texts)
    files = tuple(one.file for one in objects)
    names = tuple(name for one in objects for name in one.names)
    compressed = zlib.compress(_SEPARATOR.join(texts).encode(), 1)
    return _Entry(note, compressed, image_of(files) or ObjectFiles(files, names))


def _texts(written: str | ir.Module) -> list[str]:
    """The LLVM text, split into parts for the cores if it is long."""
    text = str(written)
    parts = min(most_threads(processor().cores), len(text) // _PART_LENGTH)
    return ir.parts_of(written, parts) if isinstance(written, ir.Module) and parts > 1 else [text]


def _digest(text: object, target: Processor) -> str:
    parts = (llvmlite_version(), target.key, str(OPTIMISATION), *PASSES, str(text))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _sources_stamp() -> str:
    """A digest of the files that turn a graph into text: keys are valid for this version only."""
    package = str(Path(__file__).resolve().parents[3])
    folders = (os.path.join(package, name) for name in ("core", "program", "engines"))
    files = sorted((path.removeprefix(package), *m) for f in folders for path, *m in _files(f))
    return hashlib.sha256(repr(files).encode()).hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every source file below a folder."""
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            status = entry.stat()
            yield entry.path, status.st_size, status.st_mtime_ns
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry.path)


def _reset_after_fork() -> None:
    """In a forked child, replaces the lock that another thread of the parent may have held."""
    global _lock
    _lock = threading.RLock()
    if _collector_pauses:
        _collector_pauses.clear()
        gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)
