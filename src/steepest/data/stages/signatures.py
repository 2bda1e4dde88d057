"""The signature of a generator's elements, and the check of each element. Depends on core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.core import tree
from steepest.core.arrays import array_of
from steepest.core.conversion import texts_in
from steepest.core.dtype import DType, as_dtype, is_string, string
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError
from steepest.program.trace import TensorSpec


@dataclass(frozen=True)
class PartialSpec:
    """A dtype with a shape of which several sizes, or all (None), are unknown.

    >>> PartialSpec((None, None, 3), as_dtype("uint8"))
    PartialSpec(shape=(None, None, 3), dtype=dtype('uint8'))
    """

    shape: tuple[int | None, ...] | None
    dtype: DType


def signature_of(types: Any, shapes: Any, signature: Any) -> Any:
    """A nest of specs, from types and shapes or from a signature; None if neither is given.

    A signature given in the place of the types is taken as the signature.

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
                "from_generator: a signature contains its shapes; leave output_shapes out"
            )
        given = signature if types is None else types
        if given is not None and not _is_signature(given):
            raise ArgumentError(
                "from_generator: output_signature must be a nest of st.TensorSpec, as in "
                f"(st.TensorSpec((2,)), st.TensorSpec((), 'int64')), got {given!r}"
            )
        return given
    if shapes is None:
        return tree.transform(lambda dtype: PartialSpec(None, _dtype(dtype)), types)
    return _paired(types, shapes)


def _is_signature(nest: Any) -> bool:
    return all(isinstance(leaf, TensorSpec) for leaf in tree.leaves(nest))


def _dtype(given: Any) -> DType:
    try:
        return string if is_string(given) else as_dtype(given)
    except (SteepestError, TypeError) as error:
        raise ArgumentError(
            f"from_generator: output_types holds {given!r}, which is no dtype ({error})"
        ) from None


def _paired(types: Any, shapes: Any) -> Any:
    """The nests of types and shapes as a nest of specs; a shape itself is no nest."""
    if isinstance(types, dict) and isinstance(shapes, dict) and set(types) == set(shapes):
        return {key: _paired(types[key], shapes[key]) for key in types}
    alike = isinstance(types, (tuple, list)) and isinstance(shapes, (tuple, list))
    if alike and len(shapes) == len(types):
        return type(types)(map(_paired, types, shapes))
    if isinstance(types, (dict, tuple, list)):
        raise ArgumentError(
            f"from_generator: output_shapes must have the form of output_types, {types!r}, "
            f"got {shapes!r}"
        )
    return _spec(_dtype(types), shapes)


def _spec(dtype: DType, shape: Any) -> TensorSpec | PartialSpec:
    if shape is None:
        return PartialSpec(None, dtype)
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if not all(size is None or (is_whole(size) and size >= 0) for size in sizes):
        raise ArgumentError(
            f"from_generator: a shape in output_shapes is whole numbers, or None, got {shape!r}"
        )
    return PartialSpec(sizes, dtype) if sizes.count(None) > 1 else TensorSpec(sizes, dtype)


def as_specified(element: Any, signature: Any) -> Any:
    """An element as arrays of the signature's dtypes; an error if form or shapes differ.

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


def _array(value: Any, spec: TensorSpec | PartialSpec) -> np.ndarray:
    if type(value) is np.ndarray and value.dtype == spec.dtype and value.shape == spec.shape:
        return np.array(value, order="C")  # the usual case, without further checks
    given = _texts(value) if spec.dtype == string else array_of(value)
    if given.dtype != spec.dtype and spec.dtype.kind in "iu" and given.dtype.kind in "iuf":
        _check_fits(given, spec.dtype)
    array = np.asarray(given, spec.dtype)
    if spec.shape is None:
        return array
    if len(spec.shape) != array.ndim or any(
        size not in (None, found) for size, found in zip(spec.shape, array.shape, strict=True)
    ):
        raise ShapeError(f"the signature says shape {spec.shape}, the generator gave {array.shape}")
    return array


def _texts(value: Any) -> np.ndarray:
    found = texts_in(value)
    if found is None:
        raise DataError(f"the signature says texts, the generator gave {value!r:.60}")
    return found


def _check_fits(given: np.ndarray, dtype: DType) -> None:
    """Raises where a number is outside the range of an integer dtype."""
    if np.can_cast(given.dtype, dtype):
        return
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    whole = np.trunc(given)
    wrong = ~((whole >= least) & (whole < most + 1))
    if wrong.any():
        raise DataError(
            f"the signature says {dtype.name}, the generator gave {given[wrong].flat[0]}; numbers "
            f"from {least} to {most} were expected: use a dtype that holds it, such as 'float32'"
        )
