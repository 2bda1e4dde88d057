"""The barrier between two phases. Depends on ir/helpers.py."""

from __future__ import annotations

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import POINTER
from steepest.engines.cpu.ir.helpers import INDEX, index

NAP = 20  # microseconds of sleep between two checks; the system makes some 70 of it
_VOID = ir.VoidType()


def emit_barrier(module: ir.Module, triple: str) -> None:
    """Emits barrier(counter, target, checks): adds 1 to the counter, then waits for `target`.

    A worker checks the counter so many times; then it sleeps between the checks, so that whatever
    waits for its core has it.
    """
    kind = ir.FunctionType(_VOID, [POINTER, INDEX, INDEX])
    function = ir.Function(module, kind, "barrier")
    function.linkage = "internal"
    function.attributes.append("noinline")
    counter, target, checks = function.args
    names = ("come", "look", "wait", "spin", "sleep", "out")
    blocks = {name: function.append_basic_block(name) for name in names}
    builder = ir.IRBuilder(blocks["come"])
    builder.atomic_rmw("add", counter, index(1), "acq_rel")
    builder.branch(blocks["look"])
    builder.position_at_end(blocks["look"])
    tries = builder.phi(INDEX)
    tries.add_incoming(index(0), blocks["come"])
    seen = builder.load_atomic(counter, "acquire", 8, typ=INDEX)
    builder.cbranch(builder.icmp_signed(">=", seen, target), blocks["out"], blocks["wait"])
    builder.position_at_end(blocks["wait"])
    more = builder.add(tries, index(1))
    builder.cbranch(builder.icmp_signed("<", more, checks), blocks["spin"], blocks["sleep"])
    for name, act in (("spin", _pause(module, triple)), ("sleep", _sleep(module, triple))):
        builder.position_at_end(blocks[name])
        if act is not None:
            builder.call(*act)
        builder.branch(blocks["look"])
        tries.add_incoming(more, blocks[name])
    builder.position_at_end(blocks["out"])
    builder.ret_void()


_Act = tuple[ir.Function, list[ir.Value]]


def _sleep(module: ir.Module, triple: str) -> _Act:
    """The system's function, which the linker finds by name.

    On Windows a sleep of 0 gives the core to any thread that is ready; a longer one may last for
    15 milliseconds.
    """
    word, windows = ir.IntType(32), "windows" in triple
    function = ir.Function(module, ir.FunctionType(word, [word]), "Sleep" if windows else "usleep")
    return function, [ir.Constant(word, 0 if windows else NAP)]


def _pause(module: ir.Module, triple: str) -> _Act | None:
    """An instruction that takes some ten nanoseconds and leaves memory to the other cores.

    ARM's own `yield` takes no time on most processors; its instruction barrier does.
    """
    word = ir.IntType(32)
    if triple.startswith(("x86", "i686", "amd64")):
        return ir.Function(module, ir.FunctionType(_VOID, []), "llvm.x86.sse2.pause"), []
    if triple.startswith(("aarch64", "arm64")):
        barrier = ir.Function(module, ir.FunctionType(_VOID, [word]), "llvm.aarch64.isb")
        return barrier, [ir.Constant(word, 15)]  # of the whole system, the only kind there is
    return None
