"""What a generator is said to yield, and whether it does. Leans on core and the recorder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.core import tree
from steepest.core.arrays import array_of
from steepest.core.dtype import DType, as_dtype
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError
from steepest.program.trace import TensorSpec


@dataclass(frozen=True)
class Loose:
    """A kind of number with a shape of which some sizes, or all (None), are open.

    >>> Loose((None, None, 3), as_dtype("uint8"))
    Loose(shape=(None, None, 3), dtype=dtype('uint8'))
    """

    shape: tuple[int | None, ...] | None
    dtype: DType


def signature_of(types: Any, shapes: Any, signature: Any) -> Any:
    """A nest of what to expect, from types and shapes or from a signature; None if nothing is said.

    A signature that stands in the place of the types is taken for what it is.

    >>> signature_of(("float32", "int64"), ((2,), ()), None)
    (TensorSpec(float32(2,)), TensorSpec(int64()))
    """
    if types is not None and signature is not None:
        raise ArgumentError("from_generator: give output_types or output_signature, not both")
    if types is None and shapes is not None:
        raise ArgumentError("from_generator: output_shapes go with output_types; add these")
    if types is None or _is_signature(types):
        if shapes is not None:
            raise ArgumentError(
                "from_generator: a signature has its shapes in it; leave output_shapes out"
            )
        return _checked(signature if types is None else types)
    if shapes is None:
        return tree.transform(lambda kind: Loose(None, _kind(kind)), types)
    return _paired(types, shapes)


def _is_signature(nest: Any) -> bool:
    return all(isinstance(leaf, TensorSpec) for leaf in tree.leaves(nest))


def _checked(signature: Any) -> Any:
    if signature is not None and not _is_signature(signature):
        raise ArgumentError(
            "from_generator: output_signature must be a nest of st.TensorSpec, as in "
            f"(st.TensorSpec((2,)), st.TensorSpec((), 'int64')), got {signature!r}"
        )
    return signature


def _kind(given: Any) -> DType:
    try:
        return as_dtype(given)
    except (SteepestError, TypeError) as error:
        raise ArgumentError(
            f"from_generator: output_types holds {given!r}, which is no kind of number ({error}); "
            "texts need no signature: leave it out"
        ) from None


def _paired(types: Any, shapes: Any) -> Any:
    """The nests of types and shapes as one; a shape is no nest of its own."""
    if isinstance(types, dict) and isinstance(shapes, dict) and set(types) == set(shapes):
        return {key: _paired(types[key], shapes[key]) for key in types}
    if isinstance(types, (tuple, list)) and _side_by_side(types, shapes):
        return type(types)(map(_paired, types, shapes))
    if isinstance(types, (dict, tuple, list)):
        raise ArgumentError(
            f"from_generator: output_shapes must have the form of output_types, {types!r}, "
            f"got {shapes!r}"
        )
    return _spec(_kind(types), shapes)


def _side_by_side(types: Any, shapes: Any) -> bool:
    return isinstance(shapes, (tuple, list)) and len(shapes) == len(types)


def _spec(kind: DType, shape: Any) -> TensorSpec | Loose:
    if shape is None:
        return Loose(None, kind)
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if not all(size is None or (is_whole(size) and size >= 0) for size in sizes):
        raise ArgumentError(
            f"from_generator: a shape in output_shapes is whole numbers, or None, got {shape!r}"
        )
    return Loose(sizes, kind) if sizes.count(None) > 1 else TensorSpec(sizes, kind)


def as_specified(element: Any, signature: Any) -> Any:
    """An element as arrays of the signature's kinds, if it has its form and its shapes.

    >>> as_specified([1, 2], TensorSpec((2,), "int32"))
    array([1, 2], dtype=int32)
    """
    if isinstance(signature, dict):
        if not isinstance(element, dict) or set(element) != set(signature):
            raise DataError(f"a dictionary of {sorted(signature)} was expected, got {element!r}")
        return {key: as_specified(element[key], part) for key, part in signature.items()}
    if isinstance(signature, (tuple, list)):
        if not isinstance(element, (tuple, list)) or len(element) != len(signature):
            raise DataError(f"{len(signature)} parts were expected, got {str(element)[:60]}")
        return type(signature)(map(as_specified, element, signature))
    return _array(element, signature)


def _array(value: Any, spec: TensorSpec | Loose) -> np.ndarray:
    given = array_of(value)
    if spec.dtype.kind in "iu" and given.dtype.kind in "iuf":
        _check_fits(given, spec.dtype)
    array = np.asarray(given, spec.dtype)
    if spec.shape is None:
        return array
    if len(spec.shape) != array.ndim or any(
        size not in (None, found) for size, found in zip(spec.shape, array.shape, strict=True)
    ):
        raise ShapeError(f"the signature says shape {spec.shape}, the generator gave {array.shape}")
    return array


def _check_fits(given: np.ndarray, kind: DType) -> None:
    """Raise where a number has no place among the whole numbers of a kind."""
    least, most = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    if np.can_cast(given.dtype, kind):
        return
    whole = np.trunc(given)
    wrong = ~((whole >= least) & (whole < most + 1))
    if wrong.any():
        raise DataError(
            f"the signature says {kind.name}, the generator gave {given[wrong].flat[0]}; numbers "
            f"from {least} to {most} were expected: say a kind that holds it, as 'float32'"
        )
