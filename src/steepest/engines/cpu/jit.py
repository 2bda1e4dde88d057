"""From LLVM text to machine code in memory: compiled once, kept in memory and on disk.

Leans on llvmlite (loaded when something is compiled), processor.py, codecache.py and placed.py.
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
from typing import Any

from steepest.engines.cpu import codecache
from steepest.engines.cpu.image import Image, image_of
from steepest.engines.cpu.placed import ObjectFile, place
from steepest.engines.cpu.processor import (
    OPTIMISATION,
    Processor,
    llvm_binding,
    llvmlite_version,
    processor,
    target_machine,
)

Source = str | Callable[[], str]
"""LLVM text (anything whose `str` is LLVM text), or a function that writes it when it is needed."""

# The emitters write vectors, tiles and masks by themselves. After these few passes code ran as fast
# as after the whole pipeline, which took ten times as long (a step of 784-50-50-10: 27 ms for 270).
_PASSES = ("sroa", "simplify_cfg", "instruction_combine", "loop_rotate", "simplify_cfg")
_KEPT_IN_MEMORY = 128

_lock = threading.RLock()
_memory: OrderedDict[str, CompiledModule] = OrderedDict()
_counts: Counter[str] = Counter()


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
    if key is None:
        source = source() if callable(source) else str(source)
    digest = _digest(source if key is None else f"{_sources_stamp()} {key}", target)
    with _lock:
        module = _memory.get(digest)
        _counts["from_memory"] += module is not None
        if module is None:
            module = _memory[digest] = _make(source, note, digest, target)
        _memory.move_to_end(digest)
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
        return str(self._optimised_again())

    @property
    def assembly(self) -> str:
        """The machine code as assembly text, made anew at each request."""
        return str(target_machine(self._target).emit_assembly(self._optimised_again()))

    def _optimised_again(self) -> Any:
        return _optimised(zlib.decompress(self._text).decode(), self._target)


@dataclass(frozen=True)
class _Entry:
    """What is kept of a module: its note, its LLVM text (compressed) and its code."""

    note: bytes
    text: bytes
    code: Image | ObjectFile

    @property
    def names(self) -> tuple[str, ...]:
        """The functions that can be called."""
        return tuple(self.code.functions) if isinstance(self.code, Image) else self.code.names

    def packed(self) -> bytes:
        sizes, code = (len(self.note), len(self.text)), self.code
        places = [code.functions, code.foreign] if isinstance(code, Image) else [code.names]
        header = json.dumps([*sizes, *places]).encode()
        return header + b"\n" + self.note + self.text + code.code

    @staticmethod
    def unpacked(payload: bytes) -> _Entry:
        header, _, rest = payload.partition(b"\n")
        note, text, functions, *foreign = json.loads(header)
        code = rest[note + text :]
        made = Image(code, functions, *foreign) if foreign else ObjectFile(code, tuple(functions))
        return _Entry(rest[:note], rest[note : note + text], made)


def _make(
    source: Source, note: Callable[[], bytes], digest: str, target: Processor
) -> CompiledModule:
    """The module from disk if it is there whole, else compiled and put there."""
    payload = codecache.load(digest)
    if payload is not None:
        _counts["from_disk"] += 1
        return CompiledModule(_Entry.unpacked(payload), target)
    with _collector_at_rest():
        text, kept = source() if callable(source) else str(source), note()
    entry = _compiled(text, kept, target)
    _counts["compiled"] += 1
    codecache.store(digest, entry.packed())
    return CompiledModule(entry, target)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python looks for no cycles meanwhile: all that is being made is in use, and each search goes
    through it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compiled(text: str, note: bytes, target: Processor) -> _Entry:
    module = _optimised(text, target)
    file = target_machine(target).emit_object(module)
    code = image_of(file) or ObjectFile(file, _names_of(module))
    return _Entry(note, zlib.compress(text.encode(), 1), code)


def _names_of(module: Any) -> tuple[str, ...]:
    return tuple(
        function.name
        for function in module.functions
        if not function.is_declaration and function.linkage.name == "external"
    )


def _optimised(text: str, target: Processor) -> Any:
    """An LLVM module in a context of its own (what a shared one interns is never freed)."""
    llvm = llvm_binding()
    machine = target_machine(target)
    module = llvm.parse_assembly(text, context=llvm.create_context())
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=OPTIMISATION)
    passes = llvm.create_new_module_pass_manager()
    for name in _PASSES:
        getattr(passes, f"add_{name}_pass")()
    passes.run(module, llvm.create_pass_builder(machine, options))
    _free_passes(passes)
    return module


def _free_passes(passes: Any) -> None:
    """Free a pass manager: llvmlite 0.50 leaks it (50 kB) by a slip in its order of base classes,
    which finds the empty `ObjectRef._dispose` before `NewPassManager._dispose`.
    """
    from llvmlite.binding.newpassmanagers import NewPassManager

    NewPassManager._dispose(passes)
    passes.detach()


def _digest(text: object, target: Processor) -> str:
    parts = (llvmlite_version(), target.key, str(OPTIMISATION), *_PASSES, str(text))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _sources_stamp() -> str:
    """Changes with any file that takes part in turning a graph into text: a key outlives none."""
    package = str(Path(__file__).resolve().parents[2])
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


def _renew_lock() -> None:
    """A child forked while another thread compiled must not wait for that thread."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
