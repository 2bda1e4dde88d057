"""Functions of texts under TensorFlow's names. Depends on core and NumPy.

They compute at once, in Python; recorded programs read no texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.dtype import DTypeLike, as_dtype, is_float, string
from steepest.core.tensor import Axis, Tensor
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError, suggest_names

__all__ = [
    "as_string", "join", "length", "lower", "reduce_join", "regex_full_match", "regex_replace",
    "split", "strip", "substr", "to_number", "upper",
]  # fmt: skip


def lower(input: Any, encoding: str = "") -> Tensor:
    """The texts in lower case. Without an encoding only the letters A to Z change.

    >>> lower(["Good", "BAD"]).tolist()
    ['good', 'bad']
    """
    return _each("lower", str.lower if encoding else _ascii(str.lower), input)


def upper(input: Any, encoding: str = "") -> Tensor:
    """The texts in upper case. Without an encoding only the letters a to z change.

    >>> upper("good").item()
    'GOOD'
    """
    return _each("upper", str.upper if encoding else _ascii(str.upper), input)


def _ascii(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: re.sub("[A-Za-z]+", lambda found: change(found[0]), text)


def strip(input: Any) -> Tensor:
    """The texts without white space at their ends.

    >>> strip([" a ", "b"]).tolist()
    ['a', 'b']
    """
    return _each("strip", str.strip, input)


def length(input: Any, unit: str = "BYTE") -> Tensor:
    """The number of bytes of each text in UTF-8, or with `unit="UTF8_CHAR"` of its characters.

    >>> length(["ab", "é"]).tolist(), length(["ab", "é"], unit="UTF8_CHAR").tolist()
    ([2, 2], [2, 1])
    """
    count = len if _unit("length", unit) == "UTF8_CHAR" else lambda text: len(text.encode())
    return _each("length", count, input, np.int32)


def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE") -> Tensor:
    """The part of each text from a position (a negative one counts from the end), `len` long.

    Positions count bytes of UTF-8, or with `unit="UTF8_CHAR"` characters.

    >>> substr(["hello", "world"], 1, 3).tolist()
    ['ell', 'orl']
    """
    of_characters = _unit("substr", unit) == "UTF8_CHAR"
    arrays = np.broadcast_arrays(_texts("substr", input), np.asarray(pos), np.asarray(len))
    entries = zip(*[array.ravel().tolist() for array in arrays], strict=True)
    return _tensor(
        [_part(*entry, of_characters=of_characters) for entry in entries], arrays[0].shape
    )


def _part(text: str, start: int, count: int, *, of_characters: bool) -> str:
    letters: Any = text if of_characters else text.encode()
    if not -len(letters) <= start <= len(letters):
        raise ArgumentError(f"strings.substr: position {start} is outside of {text!r:.40}")
    first = start + len(letters) if start < 0 else start
    found = letters[first : first + count]
    return found if of_characters else str(found, "utf-8", "replace")


def _unit(name: str, unit: str) -> str:
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise ArgumentError(f"strings.{name}: unit is 'BYTE' or 'UTF8_CHAR', got {unit!r}")
    return unit


def split(input: Any, sep: str | None = None, maxsplit: int = -1) -> Any:
    """The parts of one text between separators (None: white space) as a tensor.

    Of several texts it is a list of such tensors, since their lengths differ.

    >>> split("a b").tolist(), [parts.tolist() for parts in split(["a,b", "c"], ",")]
    (['a', 'b'], [['a', 'b'], ['c']])
    """
    texts = _texts("split", input)
    if texts.ndim > 1:
        raise ShapeError(
            f"strings.split: one text or a vector of texts was expected, got the shape "
            f"{texts.shape}; flatten it first"
        )
    parts = [_tensor(found := text.split(sep or None, maxsplit), (len(found),))
             for text in texts.ravel()]  # fmt: skip
    return parts if texts.ndim else parts[0]


def join(inputs: Sequence[Any], separator: str = "") -> Tensor:
    """Texts joined element by element; a single text is joined to each.

    >>> join([["a", "b"], "c"], separator="-").tolist()
    ['a-c', 'b-c']
    """
    if isinstance(inputs, (str, bytes)) or not len(inputs):
        raise ArgumentError(f"strings.join: a list of texts or tensors was expected, got {inputs}")
    arrays = np.broadcast_arrays(*[_texts("join", one) for one in inputs])
    columns = zip(*[array.ravel() for array in arrays], strict=True)
    return _tensor([separator.join(texts) for texts in columns], arrays[0].shape)


def reduce_join(
    inputs: Any, axis: Axis = None, keepdims: bool = False, separator: str = ""
) -> Tensor:
    """Texts joined along one axis, or all of them.

    >>> reduce_join([["a", "b"], ["c", "d"]], axis=1).tolist()
    ['ab', 'cd']
    """
    texts = _texts("reduce_join", inputs)
    axes = ops.axes_of(axis, texts.ndim)
    others = [along for along in range(texts.ndim) if along not in axes]
    shape = tuple(texts.shape[along] for along in others)
    count = int(np.prod([texts.shape[along] for along in axes]))
    rows = np.transpose(texts, [*others, *axes]).reshape(int(np.prod(shape)), count)
    joined = _tensor([separator.join(row) for row in rows], shape)
    if not keepdims:
        return joined
    return ops.reshape(
        joined, tuple(1 if along in axes else size for along, size in enumerate(texts.shape))
    )


def regex_replace(input: Any, pattern: str, rewrite: str, replace_global: bool = True) -> Tensor:
    r"""The texts with what matches a pattern replaced, everywhere or at its first place.

    The pattern is one of Python's `re`; `\1` in `rewrite` is the first group.

    >>> regex_replace("a1b22", "[0-9]+", "#").item()
    'a#b#'
    """
    found = _pattern("regex_replace", pattern)
    replacement = re.sub(r"\\0", r"\\g<0>", rewrite)
    count = 0 if replace_global else 1
    return _each("regex_replace", lambda text: found.sub(replacement, text, count), input)


def regex_full_match(input: Any, pattern: str) -> Tensor:
    """Whether a pattern matches the whole of each text.

    >>> regex_full_match(["12", "1b"], "[0-9]+").tolist()
    [True, False]
    """
    found = _pattern("regex_full_match", pattern)
    return _each(
        "regex_full_match", lambda text: found.fullmatch(text) is not None, input, np.bool_
    )


def _pattern(name: str, pattern: Any) -> re.Pattern[str]:
    try:
        return re.compile(pattern.item() if isinstance(pattern, Tensor) else pattern)
    except re.error as error:
        raise ArgumentError(f"strings.{name}: pattern {pattern!r} is none: {error}") from None


def to_number(input: Any, out_type: DTypeLike = "float32") -> Tensor:
    """The numbers that texts are the digits of.

    >>> to_number(["1", "2.5"]).tolist(), to_number("7", "int32").item()
    ([1.0, 2.5], 7)
    """
    dtype = as_dtype(out_type)
    read = float if is_float(dtype) else int

    def number(text: str) -> Any:
        try:
            return np.asarray(read(text), dtype)
        except (ValueError, OverflowError):
            raise DataError(f"strings.to_number: {text!r:.40} is no {dtype.name}") from None

    return _each("to_number", number, input, dtype)


def as_string(input: Any, precision: int = -1) -> Tensor:
    """Numbers and truth values as texts; fractions with `precision` digits (-1: six).

    >>> as_string([1, 2]).tolist(), as_string(0.5, precision=2).item()
    (['1', '2'], '0.50')
    """
    values = ops.convert_to_tensor(input)
    if values.dtype == string:
        return values
    digits = whole("strings.as_string: precision", precision, -1)
    array = _known("as_string", values)
    if array.dtype.kind == "f":
        texts = [f"{value:.{6 if digits < 0 else digits}f}" for value in array.ravel().tolist()]
    else:
        texts = [str(value).lower() for value in array.ravel().tolist()]
    return _tensor(texts, array.shape)


def _texts(name: str, given: Any) -> np.ndarray:
    """Texts as an array of Python's."""
    tensor = ops.convert_to_tensor(given)
    if tensor.dtype != string:
        raise DTypeError(
            f"strings.{name} takes texts, got {tensor.dtype.name} numbers; st.strings.as_string "
            "writes them as texts"
        )
    return _known(name, tensor)


def _known(name: str, tensor: Tensor) -> np.ndarray:
    if tensor.is_symbolic:
        raise DTypeError(
            f"strings.{name}: recorded programs read no texts; apply it to the data (Dataset.map), "
            "or call it outside of st.function and models"
        )
    return np.asarray(tensor)


def _each(name: str, function: Callable[[str], Any], given: Any, dtype: Any = object) -> Tensor:
    texts = _texts(name, given)
    made = np.empty(texts.size, dtype)
    for place, text in enumerate(texts.ravel()):
        made[place] = function(text)
    return Tensor(made.reshape(texts.shape))


def _tensor(texts: Sequence[str], shape: tuple[int, ...]) -> Tensor:
    made = np.empty(len(texts), object)
    made[:] = texts
    return Tensor(made.reshape(shape))


suggest_names(__name__, "st.strings")
