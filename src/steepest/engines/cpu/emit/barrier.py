"""The barrier between two phases. Depends on ir/helpers.py."""

from __future__ import annotations

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import POINTER
from steepest.engines.cpu.ir.helpers import INDEX, index

NAP = 20  # microseconds of sleep between two checks; the system makes some 70 of it
_VOID = ir.VoidType()


def emit_barrier(module: ir.Module, triple: str) -> None:
    """Emits barrier(counter, target, spins, yields): adds 1 to the counter and waits for `target`.

    A worker checks the counter `spins` times; then it yields its core between `yields` checks; then
    it sleeps between them, so that a process that waits for this core has it.
    """
    kind = ir.FunctionType(_VOID, [POINTER, INDEX, INDEX, INDEX])
    function = ir.Function(module, kind, "barrier")
    function.linkage = "internal"
    function.attributes.append("noinline")
    counter, target, spins, yields = function.args
    names = ("come", "look", "wait", "spin", "idle", "yield", "sleep", "out")
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
    spinning = builder.icmp_signed("<", more, spins)
    builder.cbranch(spinning, blocks["spin"], blocks["idle"])
    builder.position_at_end(blocks["idle"])
    yielding = builder.icmp_signed("<", more, builder.add(spins, yields))
    builder.cbranch(yielding, blocks["yield"], blocks["sleep"])
    for name, act in _waiting_calls(module, triple).items():
        builder.position_at_end(blocks[name])
        if act is not None:
            builder.call(*act)
        builder.branch(blocks["look"])
        tries.add_incoming(more, blocks[name])
    builder.position_at_end(blocks["out"])
    builder.ret_void()


_Act = tuple[ir.Function, list[ir.Value]]


def _waiting_calls(module: ir.Module, triple: str) -> dict[str, _Act | None]:
    """The calls between two checks; the linker finds the system's functions by name."""
    word, windows = ir.IntType(32), "windows" in triple
    nothing, number = ir.FunctionType(word, []), ir.FunctionType(word, [word])
    give_way = ir.Function(module, nothing, "SwitchToThread" if windows else "sched_yield")
    sleep = ir.Function(module, number, "Sleep" if windows else "usleep")
    return {
        "spin": _pause(module, triple),
        "yield": (give_way, []),
        "sleep": (sleep, [ir.Constant(word, 0 if windows else NAP)]),
    }


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
