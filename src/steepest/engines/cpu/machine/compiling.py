"""Compiles LLVM text to object code; several threads can do so in parallel.

llvmlite has a lock around every call of LLVM. LLVM itself requires only that threads share no
context, module or target machine, and none are shared here: so the two calls that take long bypass
the lock. Depends on llvmlite and processor.py.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from steepest.engines.cpu.machine.processor import (
    OPTIMISATION,
    Processor,
    llvm_binding,
    target_machine,
)

# The emitters write vectors, tiles and masks themselves. After these few passes code ran as fast as
# after LLVM's default pipeline, which took ten times as long (a step of 784-50-50-10: 27 ms, 270).
PASSES = ("sroa", "simplify_cfg", "instruction_combine", "loop_rotate", "simplify_cfg")


@dataclass(frozen=True)
class Compiled:
    """An object file, and the functions in it that can be called from outside."""

    file: bytes
    names: tuple[str, ...]


def object_of(text: str, target: Processor) -> Compiled:
    """Compiles a text to an object file.

    >>> from steepest.engines.cpu.machine.processor import processor
    >>> object_of("define double @half() { ret double 0.5 }", processor()).names
    ('half',)
    """
    with optimised(text, target) as module:
        return Compiled(_emitted(target_machine(target), module), _names_of(module))


def assembly_of(text: str, target: Processor) -> str:
    """Compiles a text to assembly."""
    with optimised(text, target) as module:
        return str(target_machine(target).emit_assembly(module))


def ir_of(text: str, target: Processor) -> str:
    """The LLVM text after optimisation."""
    with optimised(text, target) as module:
        return str(module)


def _names_of(module: Any) -> tuple[str, ...]:
    return tuple(
        function.name
        for function in module.functions
        if not function.is_declaration
        and (function.linkage.name, function.visibility.name) == ("external", "default")
    )


@contextmanager
def optimised(text: str, target: Processor) -> Iterator[Any]:
    """The optimised LLVM module of a text, in a context of its own (a shared one only grows).

    Both are freed here, the module first. While an exception's frames refer to them, Python may
    free them in any order, and a context frees its modules too: a module would be freed twice.
    """
    llvm = llvm_binding()
    with llvm.create_context() as context, llvm.parse_assembly(text, context) as module:
        _optimise(module, target)
        yield module


def _optimise(module: Any, target: Processor) -> None:
    llvm, machine = llvm_binding(), target_machine(target)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=OPTIMISATION)
    passes = llvm.create_new_module_pass_manager()
    for name in PASSES:
        getattr(passes, f"add_{name}_pass")()
    builder = llvm.create_pass_builder(machine, options)
    _unlocked("LLVMPY_RunNewModulePassManager")(passes, module, builder)
    # llvmlite 0.50 leaks the pass manager (50 kB): the order of its base classes puts the empty
    # `ObjectRef._dispose` before `NewPassManager._dispose`.
    from llvmlite.binding.newpassmanagers import NewPassManager

    NewPassManager._dispose(passes)
    passes.detach()


def _emitted(machine: Any, module: Any) -> bytes:
    """The object code of an LLVM module."""
    from llvmlite.binding import ffi

    with ffi.OutputString() as problem:
        buffer = _unlocked("LLVMPY_TargetMachineEmitToMemory")(machine, module, 1, problem)
        if not buffer:
            raise RuntimeError(str(problem))
    try:
        size = ffi.lib.LLVMPY_GetBufferSize(buffer)
        return ctypes.string_at(ffi.lib.LLVMPY_GetBufferStart(buffer), size)
    finally:
        ffi.lib.LLVMPY_DisposeMemoryBuffer(buffer)


@cache
def _unlocked(name: str) -> Any:
    """A function of llvmlite's library with its signature, but without llvmlite's lock."""
    from llvmlite.binding import ffi

    declared = getattr(ffi.lib, name)
    function = getattr(ctypes.CDLL(ffi.lib._name), name)
    function.argtypes, function.restype = declared.argtypes, declared.restype
    return function
