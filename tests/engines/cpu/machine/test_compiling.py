"""Several texts become code at the same time, with the same code as one after another."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.machine import compiling, jit, threads
from steepest.engines.cpu.machine.processor import processor, target_machine
from steepest.engines.cpu.machine.threads import at_once

LONG = ir.IntType(64)
HALF = "define double @half() { ret double 0.5 }"


def test_all_work_goes_on_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=20)

    def meet(number: int) -> int:
        together.wait()
        return 10 * number

    assert at_once(meet, [1, 2, 3]) == [10, 20, 30]
    assert at_once(meet, []) == []


@pytest.mark.parametrize("wrong", range(3))
def test_what_goes_wrong_is_raised_when_all_have_ended(wrong: int) -> None:
    before = threading.active_count()

    def work(number: int) -> None:
        if number == wrong:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_once(work, [0, 1, 2])
    assert threading.active_count() == before


def test_what_was_at_work_goes_once_the_error_is_dealt_with() -> None:
    at_work: list[weakref.ref[set[int]]] = []

    def work(number: int) -> None:
        own = {number}
        at_work.append(weakref.ref(own))
        raise KeyboardInterrupt

    gc.disable()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            at_once(work, [0, 1, 2])
        assert [own() for own in at_work] == [None] * len(at_work)
    finally:
        gc.enable()


def test_where_no_threads_are_to_be_had_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads.threading.Thread, "start", refuse)
    assert at_once(abs, [-1, -2, -3]) == [1, 2, 3]


def test_a_thread_in_llvmlite_keeps_none_from_making_code() -> None:
    from llvmlite.binding import ffi

    problem, made = ctypes.c_char_p(), []
    with compiling.optimised(HALF, processor()) as module:
        machine = target_machine(processor())
        emit = compiling._unlocked("LLVMPY_TargetMachineEmitToMemory")
        other = threading.Thread(
            target=lambda: made.append(emit(machine, module, 1, ctypes.byref(problem)))
        )
        with ffi.lib._lock:
            other.start()
            other.join(20)
    assert made and made[0]
    ffi.lib.LLVMPY_DisposeMemoryBuffer(made[0])


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
    monkeypatch.setattr(jit, "_WORTH_A_PART", 1)
    monkeypatch.setattr(jit.config, "threads", 4)
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
def test_the_code_does_not_depend_on_which_part_is_ready_first() -> None:
    texts = ir.parts_of(powers(30), 4)
    entries = [jit._compiled(texts, b"", processor()) for _ in range(5)]
    assert all(entry == entries[0] for entry in entries)


@pytest.mark.usefixtures("in_parts")
def test_wrong_text_in_one_part_is_refused() -> None:
    with pytest.raises(RuntimeError, match="parsing error"):
        jit._compiled([*ir.parts_of(powers(3), 3), "define i64 @next("], b"", processor())
