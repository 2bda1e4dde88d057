"""Emits the kernel that splits delimited text into fields and converts its numbers.

Fields that it does not convert exactly are listed for the caller. Depends on decimals_code.py and
ir/helpers.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import BIT, INDEX, at, index
from steepest.engines.cpu.kernels.decimals_code import (
    BYTE,
    DOUBLE,
    Cursor,
    Decimal,
    emit_decimals,
)
from steepest.engines.fields_layout import (
    FLOAT,
    FULL,
    INTEGER,
    MORE,
    STATE,
    STRANGE,
    TEXT,
)

_POINTER = ir.PointerType()
_QUOTE, _NEWLINE, _RETURN = ord('"'), ord("\n"), ord("\r")
_NAN = 0x7FF8000000000000
_DIGITS_OF_INTEGER = 18  # that always fit 64 bits


def fields_text() -> str:
    """Emits fields(text, kinds, targets, state, listed, marked, powers), which returns a status."""
    module = ir.Module("fields")
    emit_decimals(module)
    function = ir.Function(module, ir.FunctionType(INDEX, [_POINTER] * 7), "fields")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    _Fields(builder, function).emit()
    return str(module)


class _Fields:
    """The state of the emission: local variables, and the blocks to which the code jumps."""

    def __init__(self, builder: ir.IRBuilder, function: ir.Function) -> None:
        self.builder = builder
        (self.text, self.kinds, self.targets, self.state, self.listed, self.marked,
         self.powers) = function.args  # fmt: skip
        self.given = {name: builder.load(self._state(name), typ=INDEX, align=8) for name in STATE}
        self.now = {name: self._variable(self.given[name]) for name in ("place", "row", "found")}
        names = ("field", "begin", "row_place", "row_found")
        self.now |= {name: self._variable(index(0)) for name in names}
        wanted = ("row", "field", "scan", "ended", "stop", "undo")
        self.blocks = {name: builder.append_basic_block(name) for name in wanted}
        self.status = self._variable(index(FULL))

    def emit(self) -> None:
        """The whole function."""
        self.builder.branch(self.blocks["row"])
        self._row()
        self._field()
        self._scan()
        self._ended()
        self._leave()

    # ------------------------------------------------------------ rows

    def _row(self) -> None:
        """Begins a row behind blank lines, if there is space for its fields."""
        builder = self._to("row")
        space = builder.icmp_signed("<", self["row"], self.given["most_rows"])
        needed = builder.add(self["found"], self.given["width"])
        listable = builder.icmp_signed("<=", needed, self.given["most_found"])
        self._unless(builder.and_(space, listable), "stop", FULL)
        with self._repeated() as done:
            self._unless(builder.icmp_signed("<", self["place"], self.given["end"]), "stop", MORE)
            sign = self._byte(self["place"])
            ends = builder.or_(self._is(sign, _NEWLINE), self._is(sign, _RETURN))
            self._leave_unless(ends, done)
            self._pass_newline("stop")
        for name in ("place", "found"):
            self.set(f"row_{name}", self[name])
        self.set("field", index(0))
        builder.branch(self.blocks["field"])

    def _pass_newline(self, unknown: str) -> None:
        """Moves behind LF, CR or CR LF; to `unknown` if the next byte decides and is not here."""
        builder, place = self.builder, self["place"]
        after = builder.add(place, index(1))
        returns = self._is(self._byte(place), _RETURN)
        here = builder.icmp_signed("<", after, self.given["end"])
        known = builder.or_(here, self._is_final())
        self._unless(builder.or_(self._not(returns), known), unknown, MORE)
        pair = builder.and_(builder.and_(returns, here), self._is(self._byte(after), _NEWLINE))
        self.set("place", builder.add(after, builder.zext(pair, INDEX)))

    # ------------------------------------------------------------ fields

    def _field(self) -> None:
        """Converts a number; any other field goes to the scan."""
        builder = self._to("field")
        self.set("begin", self["place"])
        kind, target = self._kind(), self._target()
        self._unless(builder.icmp_unsigned("<=", kind, ir.Constant(BYTE, INTEGER)), "scan")
        self._unless(builder.icmp_unsigned("!=", kind, ir.Constant(BYTE, 0)), "scan")
        self._empty(kind, target)
        number, quoted = self._number()
        cursor = number.cursor
        end = builder.add(cursor.place, builder.zext(quoted, INDEX))
        closed = builder.or_(self._not(quoted), self._is(self._byte(cursor.place), _QUOTE))
        good = builder.and_(number.good, builder.and_(closed, self._ends(self._byte(end))))
        self._unless(good, "scan")
        with builder.if_else(self._is(kind, FLOAT)) as (floats, integers):
            with floats:
                value, exact = number.value(self.powers)
                self._unless(exact, "scan")
                self._refuse_marked(value)
                builder.store(value, target, align=8)
            with integers:
                few = builder.icmp_signed("<=", number.digits, index(_DIGITS_OF_INTEGER))
                self._unless(builder.and_(number.whole, few), "scan")
                builder.store(number.integer(), target, align=8)
        self.set("place", end)
        builder.branch(self.blocks["ended"])

    def _empty(self, kind: ir.Value, target: ir.Value) -> None:
        """An empty field of floats is NaN, if the caller says so."""
        builder = self.builder
        empty = builder.and_(self._ends(self._byte(self["begin"])), self._is(kind, FLOAT))
        is_nan = builder.icmp_signed("!=", self.given["empty_is_nan"], index(0))
        with builder.if_then(builder.and_(empty, is_nan)):
            builder.store(index(_NAN), target, align=8)
            builder.branch(self.blocks["ended"])

    def _number(self) -> tuple[Decimal, ir.Value]:
        """Reads a decimal, with a quote or spaces before it and spaces behind it."""
        builder = self.builder
        quoted = self._is(self._byte(self["begin"]), _QUOTE)
        cursor = Cursor(builder, self.text, builder.add(self["begin"], builder.zext(quoted, INDEX)))
        blank = builder.trunc(self.given["blank"], BYTE)
        cursor.skip(lambda sign: builder.icmp_unsigned("==", sign, blank))
        number = Decimal.read(cursor)
        cursor.skip(lambda sign: builder.icmp_unsigned("==", sign, blank))
        return number, quoted

    def _refuse_marked(self, value: ir.Value) -> None:
        """Sends numbers that stand for missing values to the scan."""
        builder = self.builder
        counter = self._variable(index(0))
        with self._repeated() as done:
            number = builder.load(counter, typ=INDEX)
            self._leave_unless(builder.icmp_signed("<", number, self.given["marks"]), done)
            mark = builder.load(at(builder, self.marked, number, DOUBLE), typ=DOUBLE)
            self._unless(builder.fcmp_unordered("!=", value, mark), "scan")
            builder.store(builder.add(number, index(1)), counter)

    def _scan(self) -> None:
        """Finds the end of a field, and lists it, or stores where it is in a column of texts."""
        builder = self._to("scan")
        self.set("place", self["begin"])
        with builder.if_else(self._is(self._byte(self["begin"]), _QUOTE)) as (quoted, plain):
            with quoted:
                self._scan_quoted()
            with plain:
                cursor = Cursor(builder, self.text, self["begin"])
                cursor.skip(lambda sign: self._not(self._ends(sign)))
                self.set("place", cursor.place)
        length = builder.sub(self["place"], self["begin"])
        self._unless(builder.icmp_signed("<=", length, self.given["longest"]), "undo", STRANGE)
        kind = self._kind()
        with builder.if_then(self._is(kind, TEXT)):
            self._write(self._target(), [self["begin"], self["place"]])
            builder.branch(self.blocks["ended"])
        with builder.if_then(builder.icmp_unsigned("!=", kind, ir.Constant(BYTE, 0))):
            entry = at(builder, self.listed, builder.mul(self["found"], index(4)), INDEX)
            self._write(entry, [self["row"], self["field"], self["begin"], self["place"]])
            self.set("found", builder.add(self["found"], index(1)))
        builder.branch(self.blocks["ended"])

    def _scan_quoted(self) -> None:
        """Moves behind the closing quote; a quote in the field is written twice."""
        builder = self.builder
        self.set("place", builder.add(self["place"], index(1)))
        with self._repeated() as done:
            here = builder.icmp_signed("<", self["place"], self.given["end"])
            self._unless(here, "undo", MORE)
            sign = self._byte(self["place"])
            self.set("place", builder.add(self["place"], index(1)))
            with builder.if_then(self._is(sign, _QUOTE)):
                following = self._byte(self["place"])
                self._leave_unless(self._is(following, _QUOTE), done)
                self.set("place", builder.add(self["place"], index(1)))

    def _ended(self) -> None:
        """Goes from the end of a field to the next field or row."""
        builder = self._to("ended")
        sign, after = self._byte(self["place"]), builder.add(self["field"], index(1))
        inside = builder.icmp_signed("<", self["place"], self.given["end"])
        self._unless(builder.or_(inside, self._is_final()), "undo", MORE)
        last = builder.icmp_signed("==", after, self.given["width"])
        with builder.if_then(builder.icmp_unsigned("==", sign, self._delimiter())):
            self._unless(self._not(last), "undo", STRANGE)
            self.set("place", builder.add(self["place"], index(1)))
            self.set("field", after)
            builder.branch(self.blocks["field"])
        ends = builder.or_(self._is(sign, _NEWLINE), self._is(sign, _RETURN))
        self._unless(builder.and_(ends, last), "undo", STRANGE)
        self._pass_newline("undo")
        self.set("row", builder.add(self["row"], index(1)))
        builder.branch(self.blocks["row"])

    def _leave(self) -> None:
        """Returns; a row that is not complete is read again."""
        builder = self._to("undo")
        for name in ("place", "found"):
            self.set(name, self[f"row_{name}"])
        builder.branch(self.blocks["stop"])
        self._to("stop")
        for name in ("place", "row", "found"):
            builder.store(self[name], self._state(name), align=8)
        builder.ret(builder.load(self.status, typ=INDEX))

    # ------------------------------------------------------------ variables, bytes and jumps

    def __getitem__(self, name: str) -> ir.Value:
        return self.builder.load(self.now[name], typ=INDEX)

    def set(self, name: str, value: ir.Value) -> None:
        """Sets a local variable."""
        self.builder.store(value, self.now[name])

    def _variable(self, value: ir.Value) -> ir.Value:
        with self.builder.goto_entry_block():
            place = self.builder.alloca(INDEX)
        self.builder.store(value, place)
        return place

    def _state(self, name: str) -> ir.Value:
        return at(self.builder, self.state, STATE.index(name), INDEX)

    def _to(self, name: str) -> ir.IRBuilder:
        self.builder.position_at_end(self.blocks[name])
        return self.builder

    def _byte(self, place: ir.Value) -> ir.Value:
        return self.builder.load(at(self.builder, self.text, place, BYTE), typ=BYTE)

    def _kind(self) -> ir.Value:
        return self.builder.load(at(self.builder, self.kinds, self["field"], BYTE), typ=BYTE)

    def _target(self) -> ir.Value:
        """The address of this row's entry in the column of the field: 8 bytes, or 16 of a text."""
        builder = self.builder
        column = builder.load(at(builder, self.targets, self["field"], INDEX), typ=INDEX)
        text = builder.zext(self._is(self._kind(), TEXT), INDEX)
        place = builder.shl(self["row"], text)
        return at(builder, builder.inttoptr(column, _POINTER), place, INDEX)

    def _write(self, target: ir.Value, numbers: list[ir.Value]) -> None:
        for place, number in enumerate(numbers):
            self.builder.store(number, at(self.builder, target, place, INDEX), align=8)

    def _delimiter(self) -> ir.Value:
        return self.builder.trunc(self.given["delimiter"], BYTE)

    def _is(self, sign: ir.Value, byte: int) -> ir.Value:
        return self.builder.icmp_unsigned("==", sign, ir.Constant(BYTE, byte))

    def _not(self, truth: ir.Value) -> ir.Value:
        return self.builder.xor(truth, ir.Constant(BIT, 1))

    def _is_final(self) -> ir.Value:
        return self.builder.icmp_signed("!=", self.given["final"], index(0))

    def _ends(self, sign: ir.Value) -> ir.Value:
        """Whether a byte ends an unquoted field."""
        builder = self.builder
        newline = builder.or_(self._is(sign, _NEWLINE), self._is(sign, _RETURN))
        return builder.or_(newline, builder.icmp_unsigned("==", sign, self._delimiter()))

    def _unless(self, condition: ir.Value, name: str, status: int | None = None) -> None:
        """Jumps to a block unless a condition holds; sets the status that is returned."""
        builder = self.builder
        further, other = (builder.append_basic_block(word) for word in ("further", "other"))
        builder.cbranch(condition, further, other)
        builder.position_at_end(other)
        if status is not None:
            builder.store(index(status), self.status)
        builder.branch(self.blocks[name])
        builder.position_at_end(further)

    @contextmanager
    def _repeated(self) -> Iterator[ir.Block]:
        """A loop that ends by a jump to the block that it yields."""
        builder = self.builder
        inside, after = (builder.append_basic_block(word) for word in ("loop", "after"))
        builder.branch(inside)
        builder.position_at_end(inside)
        yield after
        builder.branch(inside)
        builder.position_at_end(after)

    def _leave_unless(self, condition: ir.Value, after: ir.Block) -> None:
        further = self.builder.append_basic_block("further")
        self.builder.cbranch(condition, further, after)
        self.builder.position_at_end(further)
