"""HostLayer, the base of layers that programs cannot run, as they read texts or dictionaries.

A functional model that contains such layers runs them once over its data, before its compiled
steps (neuralnet/prefix.py). Depends on the bases of preprocessing layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.conversion import texts_in
from steepest.core.dtype import DType, string
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor
from steepest.data.columns import SparseColumn
from steepest.data.frames import columns_of, is_frame
from steepest.errors import ArgumentError, DTypeError, ShapeError, SteepestError
from steepest.layers.inputs import call_recorder_of
from steepest.layers.layer import MISSING
from steepest.layers.preprocessing.base import PreprocessingLayer

Rows = np.ndarray | SparseColumn
Spec = tuple[Shape, DType]
"""The shape and the dtype of a tensor."""
NUMBERS = "biuf"


class HostLayer(PreprocessingLayer):
    """The base of layers that compute on the host, in Python: a subclass writes `on_host`.

    Called on texts or numbers it returns a tensor or, if `sparse` is set, a `SparseColumn`.

    >>> class Lengths(HostLayer):
    ...     def on_host(self, values):
    ...         return np.array([len(text) for text in values])
    ...     def output_spec(self, shape, dtype):
    ...         return shape, np.dtype("int64")
    >>> Lengths()(["a", "bcd"]).tolist()
    [1, 3]
    """

    runs_on_host = True
    inspects_inputs = False
    sparse = False

    def host_inputs(self, inputs: Any) -> Any:
        """Returns the inputs as `on_host` takes them: one array."""
        return host_values(inputs)

    def on_host(self, values: Any) -> Rows:
        """Returns the outputs for an array of texts or numbers."""
        raise NotImplementedError

    def output_spec(self, shape: Any, dtype: Any) -> Spec:
        """Returns the shape and dtype of the outputs for those of the inputs."""
        raise NotImplementedError

    def __call__(
        self, inputs: Any = MISSING, *args: Any, training: bool | None = None, **kwargs: Any
    ) -> Any:
        """Returns the outputs for values; in a functional model, the drawn outputs."""
        inputs = self._named_inputs(kwargs) if inputs is MISSING else inputs
        recorder = call_recorder_of(inputs)
        if recorder is not None:
            return recorder.call_layer(self, (inputs,), {})
        result = self.transform(inputs)
        is_text = isinstance(result, np.ndarray) and not is_number(result)
        given = texts_in(result) if is_text else result
        return Tensor(given) if isinstance(given, np.ndarray) else result

    def transform(self, data: Any) -> Any:
        """Returns the outputs for values: an array, or a `SparseColumn` if `sparse` is set."""
        rows = self.rows_for(data)
        return rows if self.sparse or isinstance(rows, np.ndarray) else rows.toarray()

    def rows_for(self, inputs: Any) -> Rows:
        """Returns the outputs for values; rows of counts are sparse."""
        if inputs is None:
            raise ArgumentError(f"layer {self.name!r}: texts or numbers were expected, got None")
        tensors = (leaf for leaf in tree.leaves(inputs) if isinstance(leaf, Tensor))
        if any(tensor.is_symbolic for tensor in tensors):
            raise ArgumentError(
                f"layer {self.name!r} runs on the host, before the compiled steps: use it in a "
                "functional model or a Sequential, or apply it to the data (Dataset.map); it "
                "cannot be called in the `call` of a user-defined model"
            )
        try:
            return self.on_host(self.host_inputs(inputs))
        except SteepestError as error:
            error.add_note(f"in layer {self.name!r}")
            raise

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the outputs for inputs of a shape."""
        return self.output_spec(tuple(input_shape), string)[0]


def is_number(array: np.ndarray) -> bool:
    """Whether an array holds numbers.

    >>> is_number(np.zeros(2)), is_number(np.array(["a"]))
    (True, False)
    """
    return array.dtype.kind in NUMBERS


def host_values(data: Any) -> np.ndarray:
    """Returns data as an array of numbers, or of Python objects: texts, None, NaN.

    Takes lists, arrays, tensors, sparse columns, and series and frames of pandas and polars.

    >>> host_values(["a", None]), host_values([1, 2]).dtype.kind
    (array(['a', None], dtype=object), 'i')
    """
    if is_frame(data):
        columns = [np.asarray(values, object) for _, values in columns_of(data)]
        return np.stack(columns, axis=1)
    if hasattr(data, "indices") and hasattr(data, "indptr"):
        return np.asarray(data.toarray())
    if isinstance(data, (str, bytes)) or not hasattr(data, "__len__"):
        array = np.asarray(data)
    else:
        try:
            array = np.asarray(data if not isinstance(data, Sequence) else list(data))
        except ValueError:
            raise ShapeError(
                f"rows of one length were expected, got {data!r:.80}; st.utils.pad_sequences makes "
                "them equally long"
            ) from None
        if array.dtype.kind not in NUMBERS:
            array = np.asarray(data, object)
    return array if array.dtype.kind in NUMBERS else array.astype(object)


def texts_of(values: np.ndarray, where: str, encoding: str = "utf-8") -> list[Any]:
    """Returns the entries of an array of texts, one after another; gaps stay None.

    >>> texts_of(np.array([["a"], [b"b"], [None]], object), "layer 'words'")
    ['a', 'b', None]
    """
    if is_number(values) and values.size:
        raise DTypeError(
            f"{where} takes texts, got {values.dtype} numbers, for example {values.flat[0]}; "
            "IntegerLookup takes whole numbers, and .astype(str) makes texts of them"
        )
    return [_text(entry, place, where, encoding) for place, entry in enumerate(values.ravel())]


def _text(entry: Any, place: int, where: str, encoding: str) -> Any:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, bytes):
        return entry.decode(encoding)
    if is_gap(entry):
        return None
    raise DTypeError(f"{where} takes texts, got {entry!r:.60} in entry {place}")


def is_gap(entry: Any) -> bool:
    """Whether an entry is missing: None, NaN, or the NA of a frame.

    >>> is_gap(None), is_gap(float("nan")), is_gap("")
    (True, True, False)
    """
    if entry is None or type(entry).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(entry, float) and entry != entry


def require_texts(where: str, dtype: DType) -> None:
    """Raises unless the drawn input of a layer of texts holds texts.

    >>> require_texts("layer 'words'", string)
    """
    if dtype != string:
        raise DTypeError(
            f"{where} takes texts, the input holds {dtype.name} numbers; declare it as "
            "st.Input((1,), dtype='string')"
        )
