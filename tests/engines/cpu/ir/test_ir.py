"""The text that the builder writes: LLVM compiles it, and it computes what the methods say."""

from __future__ import annotations

import ctypes
import gc
import math
import struct
from collections.abc import Callable

import numpy as np
import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.machine.code_image import image_of
from steepest.engines.cpu.machine.compiling import object_of
from steepest.engines.cpu.machine.executable import LinkedFiles, MappedImage, ObjectFiles
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import llvm_binding, processor

BIT, WORD, LONG = ir.IntType(1), ir.IntType(32), ir.IntType(64)
HALF, SINGLE, DOUBLE, POINTER = ir.HalfType(), ir.FloatType(), ir.DoubleType(), ir.PointerType()


def new_function(
    result: ir.Type, *kinds: ir.Type, name: str = "f"
) -> tuple[ir.Function, ir.IRBuilder]:
    function = ir.Function(ir.Module(), ir.FunctionType(result, kinds), name)
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def called(function: ir.Function, *signature: type) -> Callable[..., float]:
    code = compile_module(str(function.module))
    entry = ctypes.CFUNCTYPE(*signature)(code.address("f"))

    def call(*arguments: float, keep: object = code) -> float:
        return entry(*arguments)

    return call


@pytest.mark.parametrize(
    ("word", "expected"),
    {
        "add": 17, "sub": 7, "mul": 60, "udiv": 2, "sdiv": 2, "srem": 2, "shl": 384, "lshr": 0,
        "ashr": 0, "and_": 4, "or_": 13, "xor": 9,
    }.items(),
)  # fmt: skip
def test_integers_are_computed(word: str, expected: int) -> None:
    function, builder = new_function(LONG, LONG, LONG)
    builder.ret(getattr(builder, word)(*function.args))
    call = called(function, *[ctypes.c_int64] * 3)
    assert call(12, 5) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    {"fadd": 9.5, "fsub": 5.5, "fmul": 15.0, "fdiv": 3.75, "frem": 1.5}.items(),
)
def test_floats_are_computed(word: str, expected: float) -> None:
    function, builder = new_function(DOUBLE, DOUBLE, DOUBLE)
    builder.ret(getattr(builder, word)(*function.args))
    assert called(function, *[ctypes.c_double] * 3)(7.5, 2.0) == expected


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons_are_those_of_python(sign: str) -> None:
    for method, kind, native, pairs in [
        ("icmp_signed", LONG, ctypes.c_int64, [(1, 2), (2, 1), (2, 2), (-1, 1)]),
        ("icmp_unsigned", LONG, ctypes.c_int64, [(1, 2), (2, 1), (2, 2)]),
        ("fcmp_ordered", DOUBLE, ctypes.c_double, [(1, 2), (2, 1), (2, 2)]),
        ("fcmp_unordered", DOUBLE, ctypes.c_double, [(1, 2), (2, 1), (2, 2)]),
    ]:
        function, builder = new_function(LONG, kind, kind)
        truth = getattr(builder, method)(sign, *function.args)
        builder.ret(builder.zext(truth, LONG))
        call = called(function, ctypes.c_int64, native, native)
        for x, y in pairs:
            assert call(x, y) == eval(f"{x} {sign} {y}"), (method, x, sign, y)


def test_ordered_comparisons_are_false_with_nan_and_unordered_true() -> None:
    for method, sign, expected in [
        ("fcmp_ordered", "==", 0), ("fcmp_ordered", "ord", 0),
        ("fcmp_unordered", "==", 1), ("fcmp_unordered", "uno", 1),
    ]:  # fmt: skip
        function, builder = new_function(LONG, DOUBLE)
        truth = getattr(builder, method)(sign, function.args[0], function.args[0])
        builder.ret(builder.zext(truth, LONG))
        assert called(function, ctypes.c_int64, ctypes.c_double)(math.nan) == expected


@pytest.mark.parametrize(
    "number", [0.0, -0.0, 1.0, -1.5, 0.1, math.inf, -math.inf, 5e-324, 1e-45, 65504.0]
)
def test_a_constant_has_the_bits_of_its_number(number: float) -> None:
    for kind, native, packed in [(SINGLE, ctypes.c_float, "f"), (DOUBLE, ctypes.c_double, "d")]:
        function, builder = new_function(kind)
        builder.ret(ir.Constant(kind, number))
        found = called(function, native)()
        assert struct.pack(packed, found) == struct.pack(packed, number)


def test_a_half_is_rounded_once() -> None:
    function, builder = new_function(SINGLE)
    builder.ret(builder.fpext(ir.Constant(HALF, 0.1), SINGLE))
    assert called(function, ctypes.c_float)() == float(np.float16(0.1))


def test_vector_constants_have_one_number_for_all_lanes_or_one_for_each() -> None:
    for constant, expected in [
        (7, [7] * 4), ([1, 2, 3, 4], [1, 2, 3, 4]), (range(4), [0, 1, 2, 3]), (None, [0] * 4),
        (-1, [-1] * 4), (0, [0] * 4),
    ]:  # fmt: skip
        function, builder = new_function(ir.VoidType(), POINTER)
        builder.store(ir.Constant(ir.VectorType(LONG, 4), constant), function.args[0], align=8)
        builder.ret_void()
        found = np.zeros(4, np.int64)
        called(function, None, ctypes.c_void_p)(found.ctypes.data)
        assert found.tolist() == expected


def test_one_of_two_branches_runs() -> None:
    function, builder = new_function(LONG, LONG)
    memory, zero = builder.alloca(LONG), ir.Constant(LONG, 0)
    with builder.if_else(builder.icmp_signed("<", function.args[0], zero)) as branches:
        for branch, number in zip(branches, (-1, 1), strict=True):
            with branch:
                builder.store(ir.Constant(LONG, number), memory)
    with builder.if_then(builder.icmp_signed("==", function.args[0], zero)):
        builder.ret(zero)
    builder.ret(builder.load(memory, LONG))
    call = called(function, ctypes.c_int64, ctypes.c_int64)
    assert [call(number) for number in (-5, 0, 5)] == [-1, 0, 1]


def test_lines_added_to_a_finished_block_come_before_its_end() -> None:
    function, builder = new_function(LONG)
    after = builder.append_basic_block("after")
    builder.branch(after)
    builder.position_at_end(after)
    with builder.goto_entry_block():
        memory = builder.alloca(LONG)
        builder.store(ir.Constant(LONG, 5), memory)
    builder.ret(builder.load(memory, LONG))
    assert called(function, ctypes.c_int64)() == 5


def test_a_phi_has_the_values_that_were_added_after_it() -> None:
    function, builder = new_function(LONG, LONG)
    before, again = builder.block, builder.append_basic_block("again")
    out = builder.append_basic_block("out")
    builder.branch(again)
    builder.position_at_end(again)
    total = builder.phi(LONG)
    total.add_incoming(ir.Constant(LONG, 1), before)
    doubled = builder.add(total, total)
    total.add_incoming(doubled, again)
    builder.cbranch(builder.icmp_signed("<", doubled, function.args[0]), again, out)
    builder.position_at_end(out)
    builder.ret(doubled)
    assert called(function, ctypes.c_int64, ctypes.c_int64)(100) == 128


def test_a_vector_of_indices_gives_an_address_for_each_lane() -> None:
    function, builder = new_function(ir.VoidType(), POINTER)
    lanes = ir.Constant(ir.VectorType(LONG, 4), range(4))
    addresses = builder.gep(function.args[0], [lanes], LONG)
    assert str(addresses.type) == "<4 x ptr>"
    on, align = ir.Constant(ir.VectorType(BIT, 4), 1), ir.Constant(WORD, 8)
    nothing = ir.VoidType()
    builder.intrinsic("llvm.masked.scatter.v4i64.v4p0", nothing, (lanes, addresses, align, on))
    builder.ret_void()
    found = np.full(4, 9)
    called(function, None, ctypes.c_void_p)(found.ctypes.data)
    assert found.tolist() == [0, 1, 2, 3]


def test_a_cast_to_the_same_type_is_no_instruction() -> None:
    function, builder = new_function(LONG, LONG)
    assert builder.zext(function.args[0], LONG) is function.args[0]


def test_a_block_ends_once() -> None:
    _, builder = new_function(ir.VoidType())
    builder.ret_void()
    with pytest.raises(AssertionError, match=r"entry\.0 has an end: ret void"):
        builder.ret_void()


def test_names_may_have_any_characters() -> None:
    name = 'a "name" with \\ and spaces'
    function, builder = new_function(ir.VoidType(), name=name)
    builder.ret_void()
    module = llvm_binding().parse_assembly(str(function.module))
    assert module.get_function(name).name == name


def test_a_module_declares_each_intrinsic_once() -> None:
    function, builder = new_function(DOUBLE, DOUBLE)
    value: ir.Value = function.args[0]
    for _ in range(2):
        value = builder.intrinsic("llvm.fabs.f64", DOUBLE, [value])
    builder.ret(value)
    assert str(function.module).count("declare") == 1
    assert called(function, *[ctypes.c_double] * 2)(-2.0) == 2.0


def test_instructions_leave_no_objects_for_the_garbage_collector() -> None:
    """It would traverse them again and again, at the end of the process too."""
    _, builder = new_function(ir.VoidType(), DOUBLE)
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(1000):
            builder.fadd(ir.Constant(DOUBLE, 1.0), ir.Constant(DOUBLE, 2.0))
        assert len(gc.get_objects()) - before < 100
    finally:
        gc.enable()


# ---------------------------------------------------------------- parts


def calling_module() -> ir.Module:
    """f calls an internal g, which reads a table; h does so too."""
    module, kind = ir.Module(), ir.FunctionType(LONG, [LONG])
    table = ir.GlobalVariable(module, "table", ir.Constant(ir.ArrayType(LONG, 3), [10, 20, 30]))
    inner = ir.Function(module, kind, "g of all")
    inner.linkage = "internal"
    inner.attributes.append("noinline")
    builder = ir.IRBuilder(inner.append_basic_block())
    builder.ret(builder.load(builder.gep(table, inner.args, LONG), LONG, align=8))
    for name in ("f", "h"):
        function = ir.Function(module, kind, name)
        builder = ir.IRBuilder(function.append_basic_block())
        found = builder.load(builder.gep(table, function.args, LONG), LONG, align=8)
        builder.ret(builder.add(found, builder.call(inner, function.args)))
    return module


def test_parts_linked_together_are_the_module() -> None:
    parts = ir.parts_of(calling_module(), 3)
    assert len(parts) == 3
    objects = [object_of(part, processor()) for part in parts]
    assert sorted(name for one in objects for name in one.names) == ["f", "h"]
    files = [one.file for one in objects]
    loaded: list[MappedImage | LinkedFiles] = [LinkedFiles(ObjectFiles(tuple(files), ("f", "h")))]
    if image := image_of(files):
        assert set(image.functions) == {"f", "h"} and not image.foreign
        loaded.append(MappedImage(image))
    for code in loaded:
        for name in ("f", "h"):
            entry = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(code.address(name))
            assert [entry(number) for number in range(3)] == [20, 40, 60]
        code.close()


def test_a_module_has_no_more_parts_than_functions() -> None:
    assert len(ir.parts_of(calling_module(), 9)) == 3
    assert ir.parts_of(calling_module(), 1) == [str(calling_module())]


def test_parts_are_of_about_equal_length() -> None:
    module = ir.Module()
    for lines in (50, 40, 30, 20, 10, 10):
        function = ir.Function(
            module, ir.FunctionType(LONG, [LONG]), f"of {lines} {len(module.globals)}"
        )
        builder, value = ir.IRBuilder(function.append_basic_block()), function.args[0]
        for _ in range(lines):
            value = builder.add(value, value)
        builder.ret(value)
    first, second = map(len, ir.parts_of(module, 2))
    assert abs(first - second) < 0.1 * first


def test_a_part_declares_what_another_defines_as_hidden() -> None:
    module = calling_module()
    inner, outer = module.globals["g of all"], module.globals["f"]
    assert isinstance(inner, ir.Function) and isinstance(outer, ir.Function)
    assert inner.declaration == 'declare hidden i64 @"g of all"(i64 %a0) noinline'
    assert outer.declaration == 'declare i64 @"f"(i64 %a0)'
    assert inner.definition.startswith('define internal i64 @"g of all"(i64 %a0) noinline {')
    assert outer.definition.startswith('define i64 @"f"(i64 %a0) {')


def test_memory_on_the_stack_has_room_for_what_was_asked() -> None:
    function, builder = new_function(LONG)
    one = builder.alloca(LONG)
    many = builder.alloca(SINGLE, 5, align=64)
    assert one.type == many.type == POINTER
    builder.ret(builder.load(one, LONG))
    assert "= alloca i64, i32 1\n" in str(function.module)
    assert "= alloca float, i32 5, align 64\n" in str(function.module)
