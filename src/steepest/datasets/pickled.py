"""Reads pickled lists, dictionaries, numbers, texts and NumPy arrays without unpickling them.

A pickle is a program for a small stack machine, and unpickling may call any function. This reader
knows the operations that store data, and of the functions only those by which NumPy stores arrays;
it never imports or calls what a file names. Depends on NumPy alone.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.errors import DataError

MARK = object()
DTYPE = re.compile(r"[<>|=]?(?:[iu][1248]|f[248]|b1|O8?)")
ARRAY, EMPTY, DTYPE_OF, SCALAR, ENCODE = "array", "empty array", "dtype", "scalar", "encode"
# The names by which NumPy of several versions, and Python 3 for Python 2, store arrays and bytes.
NAMES = {
    ("numpy", "ndarray"): ARRAY,
    ("numpy", "dtype"): DTYPE_OF,
    ("_codecs", "encode"): ENCODE,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): EMPTY for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): SCALAR for core in ("core", "_core")},
}


class Name:
    """A function that a file names: a word, which is never called."""

    def __init__(self, word: str) -> None:
        self.word = word


class Unfinished:
    """An array or a dtype before its state is read."""

    def __init__(self, of: str, code: str = "") -> None:
        self.of, self.code = of, code
        self.value: np.ndarray | None = None


class Reader:
    """The stack machine for one pickle.

    >>> import pickle
    >>> Reader(pickle.dumps({"a": [1, 2.5, b"c"]}, protocol=2), "doctest").read()
    {'a': [1, 2.5, b'c']}
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where, self.place = memoryview(data), where, 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def read(self) -> Any:
        """The stored value, with finished arrays."""
        try:
            while (code := self._taken(1)[0]) != STOP:
                operation = OPERATIONS.get(code)
                if operation is None:
                    raise DataError(f"the operation {bytes([code])!r} is none of those for data")
                operation(self)
            return finished(self.stack.pop())
        except DataError as error:
            raise DataError(f"{self.where}: {error}; refused") from None
        except (IndexError, KeyError, ValueError, TypeError, AttributeError, struct.error) as error:
            raise DataError(f"{self.where}: is not a sound pickle of data ({error})") from None

    def _taken(self, count: int) -> memoryview:
        if count < 0 or self.place + count > len(self.data):
            raise DataError(f"it ends at {len(self.data):,}, inside a value")
        self.place += count
        return self.data[self.place - count : self.place]

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._taken(struct.calcsize(form)))[0]

    def _line(self) -> str:
        rest = bytes(self.data[self.place : self.place + 200])
        if b"\n" not in rest:
            raise DataError("a name has no end")
        return bytes(self._taken(rest.index(b"\n") + 1))[:-1].decode("ascii")

    def _since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not MARK:
            place -= 1
            if place < 0:
                raise DataError("a mark is missing")
        values = self.stack[place + 1 :]
        del self.stack[place:]
        return values

    def _name(self, module: str, name: str) -> None:
        if (module, name) not in NAMES:
            raise DataError(f"it names {module}.{name}, which is not part of stored arrays")
        self.stack.append(Name(NAMES[module, name]))

    def _reduce(self) -> None:
        """What the named functions return, without calling them."""
        given, function = self.stack.pop(), self.stack.pop()
        word = function.word if isinstance(function, Name) else None
        if word == EMPTY and isinstance(given[0], Name) and given[0].word == ARRAY:
            self.stack.append(Unfinished(ARRAY))
        elif word == DTYPE_OF:
            self.stack.append(Unfinished(DTYPE_OF, as_text(given[0])))
        elif word == SCALAR:
            kind = _dtype(given[0])
            self.stack.append(_from_bytes(given[1], kind, ()).item())
        elif word == ENCODE and as_text(given[1]) in ("latin1", "latin-1"):
            self.stack.append(given[0].encode("latin1"))
        else:
            raise DataError("it calls what is not part of stored arrays")

    def _build(self) -> None:
        """The state of an array, or the byte order of a dtype."""
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, Unfinished) or target.value is not None:
            raise DataError("it sets the state of what is no array")
        if target.of == DTYPE_OF:
            order = as_text(state[1])
            target.code = (order if order in "<>" else "") + target.code.lstrip("<>|=")
            return
        _, shape, kind, in_columns, held = state
        shape = tuple(shape)
        if not all(type(size) is int and size >= 0 for size in shape):
            raise DataError(f"an array has the impossible shape {shape}")
        found = _dtype(kind)
        if found.hasobject:
            if not isinstance(held, list) or len(held) != math.prod(shape) or in_columns:
                raise DataError("an array of objects has another number of them than its shape")
            made = np.empty(len(held), object)
            for place, value in enumerate(held):
                made[place] = value
            target.value = made.reshape(shape)
        else:
            target.value = _from_bytes(held, found, shape, "F" if in_columns else "C")

    def _add(self, values: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise DataError("it appends to what is no list")
        self.stack[-1].extend(values)

    def _set(self, values: list[Any]) -> None:
        if not isinstance(self.stack[-1], dict) or len(values) % 2:
            raise DataError("it sets entries of what is no dictionary")
        self.stack[-1].update(zip(values[::2], values[1::2], strict=True))

    def _gather(self, count: int) -> None:
        if len(self.stack) < count:
            raise DataError("a tuple has too few values")
        values = tuple(self.stack[len(self.stack) - count :]) if count else ()
        del self.stack[len(self.stack) - count :]
        self.stack.append(values)


def _dtype(given: Any) -> np.dtype[Any]:
    code = given.code if isinstance(given, Unfinished) else ""
    if not DTYPE.fullmatch(code):
        raise DataError(f"an array has the dtype {code!r}, which is none of numbers or objects")
    return np.dtype(object if "O" in code else code)


def _from_bytes(held: Any, kind: np.dtype[Any], shape: tuple[int, ...], order: Any = "C") -> Any:
    size = math.prod(shape) * kind.itemsize
    if kind.hasobject or not isinstance(held, bytes) or len(held) != size:
        raise DataError(f"an array of {kind} and the shape {shape} does not have {size:,} bytes")
    return np.frombuffer(held, kind).reshape(shape, order=order)


def as_text(value: Any) -> str:
    """A text that Python 2 stored as bytes, or Python 3 as text."""
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


def finished(value: Any) -> Any:
    """A value with the arrays themselves, two levels deep: what data sets store."""
    if isinstance(value, dict):
        return {key: _array(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_array, value))
    return _array(value)


def _array(value: Any) -> Any:
    if isinstance(value, Unfinished) and value.value is not None:
        return value.value
    if isinstance(value, (Unfinished, Name)):
        raise DataError("an array has no state")
    return value


def _pushes(value_of: Callable[[Reader], Any]) -> Callable[[Reader], None]:
    return lambda reader: reader.stack.append(value_of(reader))


def _remembers(key_of: Callable[[Reader], int]) -> Callable[[Reader], None]:
    def remember(reader: Reader) -> None:
        reader.memo[key_of(reader)] = reader.stack[-1]

    return remember


STOP = ord(".")
# The letters are those of Python's module pickle, which documents them.
OPERATIONS: dict[int, Callable[[Reader], Any]] = {
    ord(letter): operation
    for letter, operation in {
        "\x80": lambda reader: reader._taken(1),  # the number of the protocol
        "\x95": lambda reader: reader._taken(8),  # the length of a frame
        "(": _pushes(lambda reader: MARK),
        "0": lambda reader: reader.stack.pop(),
        "N": _pushes(lambda reader: None),
        "\x88": _pushes(lambda reader: True),
        "\x89": _pushes(lambda reader: False),
        "K": _pushes(lambda reader: reader._taken(1)[0]),
        "M": _pushes(lambda reader: reader._number("<H")),
        "J": _pushes(lambda reader: reader._number("<i")),
        "\x8a": _pushes(
            lambda reader: int.from_bytes(reader._taken(reader._taken(1)[0]), "little", signed=True)
        ),
        "G": _pushes(lambda reader: reader._number(">d")),
        "U": _pushes(lambda reader: bytes(reader._taken(reader._taken(1)[0]))),
        "C": _pushes(lambda reader: bytes(reader._taken(reader._taken(1)[0]))),
        "T": _pushes(lambda reader: bytes(reader._taken(reader._number("<i")))),
        "B": _pushes(lambda reader: bytes(reader._taken(reader._number("<I")))),
        "\x8e": _pushes(lambda reader: bytes(reader._taken(reader._number("<Q")))),
        "X": _pushes(lambda reader: str(reader._taken(reader._number("<I")), "utf-8")),
        "\x8c": _pushes(lambda reader: str(reader._taken(reader._taken(1)[0]), "utf-8")),
        "]": _pushes(lambda reader: []),
        "}": _pushes(lambda reader: {}),
        ")": _pushes(lambda reader: ()),
        "l": _pushes(lambda reader: reader._since_mark()),
        "t": _pushes(lambda reader: tuple(reader._since_mark())),
        "\x85": lambda reader: reader._gather(1),
        "\x86": lambda reader: reader._gather(2),
        "\x87": lambda reader: reader._gather(3),
        "a": lambda reader: reader._add([reader.stack.pop()]),
        "e": lambda reader: reader._add(reader._since_mark()),
        "s": lambda reader: reader._set([reader.stack.pop(-2), reader.stack.pop()]),
        "u": lambda reader: reader._set(reader._since_mark()),
        "q": _remembers(lambda reader: reader._taken(1)[0]),
        "r": _remembers(lambda reader: reader._number("<I")),
        "\x94": _remembers(lambda reader: len(reader.memo)),
        "h": _pushes(lambda reader: reader.memo[reader._taken(1)[0]]),
        "j": _pushes(lambda reader: reader.memo[reader._number("<I")]),
        "c": lambda reader: reader._name(reader._line(), reader._line()),
        "\x93": lambda reader: reader._name(reader.stack.pop(-2), reader.stack.pop()),
        "R": lambda reader: reader._reduce(),
        "b": lambda reader: reader._build(),
    }.items()
}
