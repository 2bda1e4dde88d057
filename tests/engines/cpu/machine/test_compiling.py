"""Several texts are compiled in parallel, with the same code as one after another."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from steepest.config import config
from steepest.engines.cpu import ir
from steepest.engines.cpu.machine import compiling, jit, threads
from steepest.engines.cpu.machine.processor import processor, target_machine
from steepest.engines.cpu.machine.threads import in_parallel

LONG = ir.IntType(64)
HALF = "define double @half() { ret double 0.5 }"


def test_all_items_are_worked_on_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=20)

    def meet(number: int) -> int:
        together.wait()
        return 10 * number

    assert in_parallel(meet, [1, 2, 3]) == [10, 20, 30]
    assert in_parallel(meet, []) == []


@pytest.mark.parametrize("wrong", range(3))
def test_an_error_is_raised_when_all_threads_have_ended(wrong: int) -> None:
    before = threading.active_count()

    def work(number: int) -> None:
        if number == wrong:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parallel(work, [0, 1, 2])
    assert threading.active_count() == before


def test_objects_of_the_work_are_freed_once_its_error_is_handled() -> None:
    objects: list[weakref.ref[set[int]]] = []

    def work(number: int) -> None:
        own = {number}
        objects.append(weakref.ref(own))
        raise KeyboardInterrupt

    gc.disable()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            in_parallel(work, [0, 1, 2])
        assert [own() for own in objects] == [None] * len(objects)
    finally:
        gc.enable()


def test_without_threads_the_caller_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads.threading.Thread, "start", refuse)
    assert in_parallel(abs, [-1, -2, -3]) == [1, 2, 3]


def test_llvmlites_lock_does_not_delay_compiling() -> None:
    from llvmlite.binding import ffi

    problem, buffers = ctypes.c_char_p(), []
    with compiling.optimised(HALF, processor()) as module:
        machine = target_machine(processor())
        emit = compiling._unlocked("LLVMPY_TargetMachineEmitToMemory")
        other = threading.Thread(
            target=lambda: buffers.append(emit(machine, module, 1, ctypes.byref(problem)))
        )
        with ffi.lib._lock:
            other.start()
            other.join(20)
    assert buffers and buffers[0]
    ffi.lib.LLVMPY_DisposeMemoryBuffer(buffers[0])


def test_an_interrupt_frees_the_module_before_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    from llvmlite.binding.context import ContextRef
    from llvmlite.binding.module import ModuleRef

    freed: list[type] = []
    for kind in (ContextRef, ModuleRef):

        def dispose(self: Any, free: Callable[[Any], None] = kind._dispose) -> None:
            freed.append(type(self))
            free(self)

        monkeypatch.setattr(kind, "_dispose", dispose)

    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compiling, "_unlocked", interrupted)
    with pytest.raises(KeyboardInterrupt) as held:  # and with it all frames
        compiling.object_of(HALF, processor())
    assert freed == [ModuleRef, ContextRef]
    assert held.tb


# ---------------------------------------------------------------- programs in parts


def powers(count: int) -> ir.Module:
    """Functions times_0, times_1, ... of which each but the first calls the one before."""
    module, kind = ir.Module(), ir.FunctionType(LONG, [LONG])
    for number in range(count):
        function = ir.Function(module, kind, f"times_{number}")
        builder = ir.IRBuilder(function.append_basic_block())
        value: ir.Value = function.args[0]
        if number:
            value = builder.call(module.get_global(f"times_{number - 1}"), [value])
        builder.ret(builder.mul(value, ir.Constant(LONG, 3)))
    return module


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    monkeypatch.setattr(jit, "_PART_LENGTH", 1)
    monkeypatch.setattr(config, "threads", 4)
    jit.forget()


@pytest.mark.usefixtures("in_parts")
def test_a_program_in_parts_is_one_program() -> None:
    for _ in "once compiled, once from disk":
        module = jit.compile_module(lambda: powers(6), key="powers")
        assert len(module._texts) == 4
        assert set(module.names) == {f"times_{number}" for number in range(6)}
        entry = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(module.address("times_5"))
        assert entry(2) == 2 * 3**6
        for name in module.names:
            assert f"define i64 @{name}(" in module.ir and f"{name}:" in module.assembly
        jit.forget()


@pytest.mark.usefixtures("in_parts")
def test_the_code_does_not_depend_on_which_part_is_compiled_first() -> None:
    texts = ir.parts_of(powers(30), 4)
    entries = [jit._entry(texts, b"", processor()) for _ in range(5)]
    assert all(entry == entries[0] for entry in entries)


@pytest.mark.usefixtures("in_parts")
def test_wrong_text_in_one_part_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="parsing error"):
        jit._entry([*ir.parts_of(powers(3), 3), "define i64 @next("], b"", processor())
