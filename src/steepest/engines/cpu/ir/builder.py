"""The IR builder: a method for each instruction, which appends its line to a block.

Depends on the other files of ir/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from .module import Block, Function, Module
from .types import FunctionType, IntType, PointerType, Type, VectorType
from .values import Constant, Value

_BIT, _POINTER = IntType(1), PointerType()
_SIGNED = {"==": "eq", "!=": "ne", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}
_UNSIGNED = {"==": "eq", "!=": "ne", "<": "ult", "<=": "ule", ">": "ugt", ">=": "uge"}
_FLOATS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


class Phi(Value):
    """A phi node: its value depends on the block from which control came."""

    __slots__ = ("incoming",)

    def __init__(self, kind: Type, name: str) -> None:
        super().__init__(kind, name)
        self.incoming: list[str] = []

    def add_incoming(self, value: Value, block: Block) -> None:
        """Sets the value for control that comes from `block`."""
        self.incoming.append(f"[ {value.name}, %{block.name} ]")

    @property
    def line(self) -> str:
        """The instruction; complete once all incoming values have been added."""
        return f"{self.name} = phi {self.type.text} {', '.join(self.incoming)}"


class _PhiLine:
    """The line of a phi, formatted when the block is printed: incoming values are added later."""

    __slots__ = ("phi",)

    def __init__(self, phi: Phi) -> None:
        self.phi = phi

    def __str__(self) -> str:
        return self.phi.line


_Binary = Callable[["IRBuilder", Value, Value], Value]
_Arithmetic = Callable[..., Value]
_Cast = Callable[["IRBuilder", Value, Type], Value]


def _binary(word: str) -> _Binary:
    def instruction(self: IRBuilder, left: Value, right: Value) -> Value:
        kind = left.type
        return self._value(kind, f"{word} {kind.text} {left.name}, {right.name}")

    return instruction


def _arithmetic(word: str) -> _Arithmetic:
    """An instruction with flags that promise no overflow: nsw, nuw."""

    def instruction(self: IRBuilder, left: Value, right: Value, flags: Sequence[str] = ()) -> Value:
        words = " ".join([word, *flags])
        return self._value(left.type, f"{words} {left.type.text} {left.name}, {right.name}")

    return instruction


def _cast(word: str) -> _Cast:
    def instruction(self: IRBuilder, value: Value, kind: Type) -> Value:
        if value.type == kind:
            return value
        return self._value(kind, f"{word} {value.type.text} {value.name} to {kind.text}")

    return instruction


class IRBuilder:
    """Writes instructions into a block; `position_at_end` moves it to another.

    Without a block it can be passed to helpers that fold integers and so write nothing.
    """

    __slots__ = ("block",)

    def __init__(self, block: Block | None = None) -> None:
        self.block: Any = block

    @property
    def function(self) -> Function:
        """The function of the current block."""
        function: Function = self.block.function
        return function

    @property
    def module(self) -> Module:
        """The module of the current function."""
        return self.function.module

    def _value(self, kind: Type, text: str) -> Value:
        block = self.block
        function = block.function
        function.values = number = function.values + 1
        name = f"%v{number}"
        block.lines.append(f"{name} = {text}")
        return Value(kind, name)

    # ------------------------------------------------------------ where to write

    def append_basic_block(self, name: str = "block") -> Block:
        """Adds a block at the end of the current function."""
        return self.function.append_basic_block(name)

    def position_at_end(self, block: Block) -> None:
        """Moves to the end of a block."""
        self.block = block

    @contextmanager
    def goto_entry_block(self) -> Iterator[None]:
        """A context in which instructions go to the end of the function's first block."""
        back, self.block = self.block, self.function.blocks[0]
        try:
            yield
        finally:
            self.block = back

    @contextmanager
    def if_then(self, condition: Value) -> Iterator[None]:
        """A context whose instructions run if the condition holds."""
        inside, after = self.append_basic_block("then"), self.append_basic_block("after")
        self.cbranch(condition, inside, after)
        with self._aside(inside, after):
            yield
        self.block = after

    @contextmanager
    def if_else(
        self, condition: Value
    ) -> Iterator[tuple[AbstractContextManager[None], AbstractContextManager[None]]]:
        """Two contexts: instructions of the first run if the condition holds, else of the second.

        >>> from steepest.engines.cpu import ir
        >>> kind = ir.FunctionType(ir.VoidType(), [ir.IntType(1)])
        >>> function = ir.Function(ir.Module(), kind, "choose")
        >>> builder = IRBuilder(function.append_basic_block())
        >>> with builder.if_else(function.args[0]) as (yes, no):
        ...     with yes:
        ...         builder.ret_void()
        ...     with no:
        ...         pass
        >>> [(block.name, block.end) for block in function.blocks[1:3]]
        [('then.1', 'ret void'), ('else.2', 'br label %after.3')]
        """
        names = ("then", "else", "after")
        yes, no, after = (self.append_basic_block(name) for name in names)
        self.cbranch(condition, yes, no)
        yield self._aside(yes, after), self._aside(no, after)
        self.block = after

    @contextmanager
    def _aside(self, block: Block, after: Block) -> Iterator[None]:
        self.block = block
        yield
        if self.block.end is None:
            self.branch(after)

    # ------------------------------------------------------------ arithmetic

    add, sub, mul = _arithmetic("add"), _arithmetic("sub"), _arithmetic("mul")
    shl, udiv, sdiv, srem = map(_binary, ("shl", "udiv", "sdiv", "srem"))
    lshr, ashr, and_, or_, xor = map(_binary, ("lshr", "ashr", "and", "or", "xor"))
    fadd, fsub, fmul, fdiv, frem = map(_binary, ("fadd", "fsub", "fmul", "fdiv", "frem"))

    def neg(self, value: Value) -> Value:
        """0 - value."""
        return self.sub(Constant(value.type, 0), value)

    def not_(self, value: Value) -> Value:
        """All bits inverted."""
        return self.xor(value, Constant(value.type, -1))

    def fneg(self, value: Value) -> Value:
        """A float with its sign inverted."""
        return self._value(value.type, f"fneg {value}")

    # ------------------------------------------------------------ comparisons and choices

    def icmp_signed(self, sign: str, left: Value, right: Value) -> Value:
        """Compares signed integers."""
        return self._compared("icmp", _SIGNED[sign], left, right)

    def icmp_unsigned(self, sign: str, left: Value, right: Value) -> Value:
        """Compares unsigned integers."""
        return self._compared("icmp", _UNSIGNED[sign], left, right)

    def fcmp_ordered(self, sign: str, left: Value, right: Value) -> Value:
        """Compares floats, false with NaN; "ord": whether neither is NaN."""
        return self._compared("fcmp", sign if sign == "ord" else f"o{_FLOATS[sign]}", left, right)

    def fcmp_unordered(self, sign: str, left: Value, right: Value) -> Value:
        """Compares floats, true with NaN; "uno": whether one is NaN."""
        return self._compared("fcmp", sign if sign == "uno" else f"u{_FLOATS[sign]}", left, right)

    def _compared(self, word: str, how: str, left: Value, right: Value) -> Value:
        kind = left.type
        truth = VectorType(_BIT, kind.count) if isinstance(kind, VectorType) else _BIT
        return self._value(truth, f"{word} {how} {kind.text} {left.name}, {right.name}")

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        """`yes` where the condition holds, else `no`."""
        return self._value(yes.type, f"select {condition}, {yes}, {no}")

    def phi(self, kind: Type) -> Phi:
        """A new phi node, without incoming values yet."""
        function = self.block.function
        function.values += 1
        phi = Phi(kind, f"%v{function.values}")
        self.block.lines.append(_PhiLine(phi))
        return phi

    # ------------------------------------------------------------ conversions

    trunc, zext, sext, bitcast = map(_cast, ("trunc", "zext", "sext", "bitcast"))
    fptrunc, fpext, sitofp, uitofp = map(_cast, ("fptrunc", "fpext", "sitofp", "uitofp"))
    inttoptr = _cast("inttoptr")

    # ------------------------------------------------------------ memory

    def alloca(self, kind: Type, count: int = 1, align: int | None = None) -> Value:
        """Allocates memory on the stack."""
        return self._value(_POINTER, f"alloca {kind.text}, i32 {count}{_aligned(align)}")

    def load(self, place: Value, typ: Type, align: int | None = None) -> Value:
        """Reads from an address."""
        return self._value(typ, f"load {typ.text}, {place}{_aligned(align)}")

    def store(self, value: Value, place: Value, align: int | None = None) -> None:
        """Writes to an address."""
        self.block.lines.append(f"store {value}, {place}{_aligned(align)}")

    def load_atomic(self, place: Value, ordering: str, align: int, typ: Type) -> Value:
        """Reads an address that other threads write."""
        return self._value(typ, f"load atomic {typ.text}, {place} {ordering}, align {align}")

    def atomic_rmw(self, operation: str, place: Value, value: Value, ordering: str) -> Value:
        """Reads, changes and writes an address as one atomic operation; the old value."""
        return self._value(value.type, f"atomicrmw {operation} {place}, {value} {ordering}")

    def gep(
        self, base: Value, indices: Sequence[Value], source_etype: Type, inbounds: bool = False
    ) -> Value:
        """The address of an element; a vector of addresses if the index is a vector."""
        kind: Type = _POINTER
        if isinstance(indices[0].type, VectorType):
            kind = VectorType(_POINTER, indices[0].type.count)
        word = "getelementptr inbounds" if inbounds else "getelementptr"
        return self._value(kind, f"{word} {source_etype.text}, {base}, {_listed(indices)}")

    # ------------------------------------------------------------ vectors and structures

    def extract_element(self, vector: Value, place: Value) -> Value:
        """One lane of a vector."""
        return self._value(vector.type.element, f"extractelement {vector}, {place}")

    def insert_element(self, vector: Value, value: Value, place: Value) -> Value:
        """The vector with one lane replaced."""
        return self._value(vector.type, f"insertelement {vector}, {value}, {place}")

    def shuffle_vector(self, left: Value, right: Value, lanes: Constant) -> Value:
        """A vector of chosen lanes of two vectors, numbered through both."""
        kind = VectorType(left.type.element, lanes.type.count)
        return self._value(kind, f"shufflevector {left}, {right}, {lanes}")

    def extract_value(self, structure: Value, place: int) -> Value:
        """One element of a structure."""
        return self._value(structure.type.elements[place], f"extractvalue {structure}, {place}")

    def insert_value(self, structure: Value, value: Value, place: int) -> Value:
        """The structure with one element replaced."""
        return self._value(structure.type, f"insertvalue {structure}, {value}, {place}")

    # ------------------------------------------------------------ control

    def call(
        self, function: Value, arguments: Sequence[Value], kind: FunctionType | None = None
    ) -> Value:
        """Calls a function; `kind` gives the signature if `function` is a plain address."""
        if kind is None:
            assert isinstance(function, Function)
            kind = function.kind
        text = f"call {kind.result.text} {function.name}({_listed(arguments)})"
        if kind.result.text != "void":
            return self._value(kind.result, text)
        self.block.lines.append(text)
        return Value(kind.result, "")

    def intrinsic(self, name: str, result: Type, arguments: Sequence[Value]) -> Value:
        """Calls an LLVM intrinsic by its full name and declares it once in the module."""
        module = self.module
        function = module.globals.get(name)
        if function is None:
            kind = FunctionType(result, [argument.type for argument in arguments])
            function = Function(module, kind, name)
        return self.call(function, arguments)

    def ret(self, value: Value) -> None:
        """Returns a value from the function."""
        self._finish(f"ret {value}")

    def ret_void(self) -> None:
        """Returns from the function."""
        self._finish("ret void")

    def branch(self, block: Block) -> None:
        """Jumps to a block."""
        self._finish(f"br label %{block.name}")

    def cbranch(self, condition: Value, yes: Block, no: Block) -> None:
        """Jumps to one of two blocks."""
        self._finish(f"br {condition}, label %{yes.name}, label %{no.name}")

    def _finish(self, end: str) -> None:
        assert self.block.end is None, f"{self.block.name} has an end: {self.block.end}"
        self.block.end = end


def _aligned(align: int | None) -> str:
    return "" if align is None else f", align {align}"


def _listed(values: Sequence[Value]) -> str:
    return ", ".join([f"{value.type.text} {value.name}" for value in values])
