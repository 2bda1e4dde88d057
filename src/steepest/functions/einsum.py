"""Einstein summation by matrix products. Depends on ops."""

from __future__ import annotations

import numpy as np

from steepest.core import ops
from steepest.core.primitives import known_count, show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError

__all__ = ["einsum"]

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def einsum(equation: str, *inputs: TensorLike) -> Tensor:
    """Sums of products over the indices that the result does not have.

    "ij,jk->ik" is the matrix product, "bij,bjk->bik" that of stacks. Without an arrow the result
    has the letters that occur once, in alphabetical order. "..." stands for the remaining axes of
    an operand, counted from the right: "...i,ij->...j". A letter that an operand has twice stands
    for its diagonal: "ii->i".

    >>> einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).tolist()
    [3.0, 7.0]
    """
    tensors = ops.meet(*map(ops.as_tensor, inputs))
    operands, result = _read(_without_dots(equation, tensors), len(inputs))
    _check_sizes(equation, operands, tensors)
    for place, letters in enumerate(operands):
        operands[place], tensors[place] = _on_diagonals(letters, tensors[place])
    left, value = operands[0], tensors[0]
    for place in np.arange(1, len(operands)).tolist():
        later = result + "".join(operands[place + 1 :])
        left, value = _product(left, value, operands[place], tensors[place], later)
    value, left = _summed(value, left, result)
    return ops.transpose(value, [left.index(letter) for letter in result])


def _without_dots(equation: str, tensors: list[Tensor]) -> str:
    """The equation with letters in the place of dots."""
    if not isinstance(equation, str):
        raise ArgumentError(f"einsum: an equation such as 'ij,jk->ik', got {equation!r:.60}")
    if "..." not in equation:
        return equation
    given, arrow, result = equation.replace(" ", "").partition("->")
    operands = given.split(",")
    if len(operands) != len(tensors):
        return equation
    spare = "".join(letter for letter in LETTERS if letter not in equation)
    counts = [
        tensor.ndim - len(letters) + 3 if "..." in letters else 0
        for letters, tensor in zip(operands, tensors, strict=True)
    ]
    most = max(counts)
    if min(counts) < 0 or most > len(spare):
        return equation
    filled = [
        letters.replace("...", spare[most - count : most])
        for letters, count in zip(operands, counts, strict=True)
    ]
    if not arrow:
        once = sorted(letter for letter in set(given) - set(".,") if given.count(letter) == 1)
        arrow, result = "->", "..." + "".join(once)
    return ",".join(filled) + arrow + result.replace("...", spare[:most])


def _read(equation: str, count: int) -> tuple[list[str], str]:
    given, arrow, result = equation.replace(" ", "").partition("->")
    operands = given.split(",")
    letters = sorted(set(given) - {","})
    if not arrow:
        result = "".join(letter for letter in letters if given.count(letter) == 1)
    if len(operands) != count:
        raise ArgumentError(
            f"einsum: {equation!r} has {len(operands)} operands, {count} were given"
        )
    words = [*operands, result]
    if not all(word.isalpha() or not word for word in words) or set(result) - set(letters):
        raise ArgumentError(f"einsum: {equation!r} is not of the form 'ij,jk->ik'")
    if len(set(result)) != len(result):
        raise ArgumentError(
            f"einsum: {equation!r} repeats a letter in the result; st.linalg.diag makes diagonals"
        )
    return operands, result


def _check_sizes(equation: str, operands: list[str], tensors: list[Tensor]) -> None:
    sizes: dict[str, int | None] = {}
    for letters, tensor in zip(operands, tensors, strict=True):
        if len(letters) != tensor.ndim:
            raise ShapeError(
                f"einsum: {letters!r} of {equation!r} names {len(letters)} axes, "
                f"the tensor has shape {show(tensor.shape)}"
            )
        for letter, size in zip(letters, tensor.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise ShapeError(
                    f"einsum: axis {letter!r} of {equation!r} has sizes {sizes[letter]} and {size}"
                )


def _on_diagonals(letters: str, x: Tensor) -> tuple[str, Tensor]:
    """The operand with one axis for each letter: that of a repeated one is the diagonal."""
    for letter in sorted(set(letters)):
        while letters.count(letter) > 1:
            first, second = letters.index(letter), letters.rindex(letter)
            order = [axis for axis in np.arange(x.ndim).tolist() if axis not in (first, second)]
            size = x.shape[first]
            rows, columns = ops.iota((size, 1), 0, "int32"), ops.iota((1, size), 1, "int32")
            turned = ops.transpose(x, [*order, first, second])
            x = ops.reduce_sum(ops.where(ops.equal(rows, columns), turned, 0), axis=-1)
            letters = "".join(letters[axis] for axis in order) + letter
    return letters, x


def _summed(x: Tensor, letters: str, needed: str) -> tuple[Tensor, str]:
    """The tensor summed over the letters that are not needed."""
    axes = tuple(place for place, letter in enumerate(letters) if letter not in needed)
    rest = "".join(letter for letter in letters if letter in needed)
    return (ops.reduce_sum(x, axes) if axes else x), rest


def _product(a: str, x: Tensor, b: str, y: Tensor, later: str) -> tuple[str, Tensor]:
    """The product of two operands, with the letters that are needed later."""
    x, a = _summed(x, a, b + later)
    y, b = _summed(y, b, a + later)
    sizes = dict(zip(a + b, x.shape + y.shape, strict=True))
    shared = [letter for letter in a if letter in b and letter in later]
    inner = [letter for letter in a if letter in b and letter not in later]
    rows = [letter for letter in a if letter not in b]
    columns = [letter for letter in b if letter not in a]
    # The batch, whose size may be unknown, cannot be merged with other axes: it is stacked.
    batch = [
        letter
        for group in (inner, rows, columns)
        for letter in group
        if len(group) > 1 and sizes[letter] is None
    ]
    stacked = shared + batch
    inner, rows, columns = (
        [letter for letter in group if letter not in batch] for group in (inner, rows, columns)
    )
    left = _matrices(x, a, stacked, rows, inner)
    right = _matrices(y, b, stacked, inner, columns)
    order = stacked + rows + columns
    product = ops.reshape(ops.matmul(left, right), tuple(sizes[letter] for letter in order))
    return "".join(order), product


def _matrices(
    x: Tensor, letters: str, stacked: list[str], first: list[str], last: list[str]
) -> Tensor:
    """The operand as a stack of matrices; size 1 for a stacked letter that it does not have."""
    sizes = dict(zip(letters, x.shape, strict=True))
    order = [letter for letter in stacked if letter in letters] + first + last
    turned = ops.transpose(x, [letters.index(letter) for letter in order])
    lead = [sizes.get(letter, 1) for letter in stacked]
    return ops.reshape(turned, (*lead, _merged(sizes, first), _merged(sizes, last)))


def _merged(sizes: dict[str, int | None], group: list[str]) -> int | None:
    known = [sizes[letter] for letter in group]
    return known[0] if len(known) == 1 else known_count(known)
