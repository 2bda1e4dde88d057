"""The bases of preprocessing layers: what they share, and how they are adapted to data.

They are part of the model, so that every later data set is preprocessed like the training set.
Depends on the Layer base.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from steepest import initializers
from steepest.arguments import suggests_arguments, whole
from steepest.core import ops
from steepest.core.tensor import Operators, Tensor
from steepest.core.variable import Variable
from steepest.data.py_dataset import PyDataset, PyDatasetEpochs
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.finding import Finding, report
from steepest.layers import call_context
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.scale_findings import scale_findings


class PreprocessingLayer(Layer):
    """The base of all preprocessing layers, which also have scikit-learn's methods.

    A subclass writes `call`; `adapt` where it learns from data; `inverse_call` where its outputs
    can be converted back.

    >>> class Half(PreprocessingLayer):
    ...     def call(self, inputs):
    ...         return inputs / 2.0
    ...     def inverse_call(self, inputs):
    ...         return inputs * 2.0
    >>> Half().transform([[4.0]]).tolist(), Half().inverse_transform([[2.0]]).tolist()
    ([[2.0]], [[4.0]])
    """

    single_input = True
    inspects_inputs = True

    @suggests_arguments
    def adapt(self, data: Any) -> None:
        """Adapts the layer to the training set; by default there is nothing to learn."""

    def fit(self, data: Any) -> Self:
        """Calls `adapt`, under scikit-learn's name; returns the layer."""
        self.adapt(data)
        return self

    def transform(self, data: Any) -> np.ndarray:
        """Returns the data preprocessed; raises or warns about what `findings_in` finds."""
        values = np.asarray(data)
        result = np.asarray(self(values))
        self.check_values(values)
        return result

    def fit_transform(self, data: Any) -> np.ndarray:
        """Calls `fit`, then `transform`."""
        return self.fit(data).transform(data)

    def inverse_transform(self, data: Any) -> np.ndarray:
        """Converts preprocessed data back."""
        return np.asarray(self.inverse_call(ops.constant(data, self.dtype)))

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs of `call` for its outputs; raises where that is impossible."""
        raise ArgumentError(f"{type(self).__name__} cannot be undone: its outputs do not suffice")

    def check_values(self, values: np.ndarray) -> None:
        """Raises or warns where the layer cannot handle some of the values."""
        report(self.findings_in(values))

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields findings about values that the layer was not adapted to.

        Models call it with the data of `fit`, `evaluate` and `predict`.
        """
        if self.scales and self.built and values.size and values.ndim > 1:
            yield from scale_findings(self, values)


class AdaptedLayer(PreprocessingLayer):
    """The base of layers whose weights are computed from the training set by `adapt_weights`.

    The weights are NaN until then.

    >>> layer = st.layers.MinMaxScaling().fit([[0.0], [4.0]])
    >>> layer.transform([[1.0]]).tolist(), layer.inverse_transform([[0.25]]).tolist()
    ([[0.25]], [[1.0]])
    """

    def adapt_weights(self, values: np.ndarray) -> None:
        """Assigns the weights from examples in float64, one in each row."""
        raise NotImplementedError

    def add_adapted_weight(self, name: str, shape: Sequence[int]) -> Variable:
        """Creates a weight that `adapt_weights` will assign."""
        return self.add_weight(name, shape, initializers.Constant(np.nan), trainable=False)

    @suggests_arguments
    def adapt(self, data: Any) -> None:
        """Adapts the layer to the training set: an array, a Dataset, or batches."""
        values = gathered(data, self.name)
        self.ensure_built((None, *values.shape[1:]))
        self.require_size(values.shape)
        self.adapt_weights(values.reshape(-1, values.shape[-1]).astype(np.float64))

    def inverse_transform(self, data: Any) -> np.ndarray:
        """Converts preprocessed data back."""
        self.require_adapted()
        return super().inverse_transform(data)

    def require_adapted(self) -> None:
        """Raises unless the layer was adapted to data."""
        if call_context.inferring_shapes():
            return
        if not self.weights or np.isnan(self.weights[0].array).any():
            raise SteepestError(
                f"layer {self.name!r} knows no data yet: call adapt(data) with the training set "
                "before it is used"
            )

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless there are as many features as in the training set."""
        super().check_shapes(shapes)
        self.require_adapted()
        self.require_size(shapes)


class JsonAdaptedLayer(PreprocessingLayer):
    """The base of layers that learn vocabularies or boundaries, which are not stored as weights.

    Model files store them as JSON beside the weights.
    """

    def get_learned(self) -> dict[str, Any]:
        """Returns what was learned, as values for JSON."""
        raise NotImplementedError

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Sets what `get_learned` of an equal layer returned."""
        raise NotImplementedError


def gathered(data: Any, name: str, steps: int | None = None, kind: str = "numbers") -> np.ndarray:
    """Returns all examples as one array: those of an array, a Dataset, or `steps` batches.

    >>> gathered(iter([np.zeros((2, 3)), np.ones((1, 3))]), "scaling").shape
    (3, 3)
    """
    limit = None if steps is None else whole("adapt: steps", steps, 1)
    batches = list(itertools.islice(batches_of(data, name, kind), limit))
    if not any(map(len, batches)):
        raise ArgumentError(f"layer {name!r}: adapt was given no examples")
    return batches[0] if len(batches) == 1 else np.concatenate(batches)


def batches_of(data: Any, name: str, kind: str = "numbers") -> Iterator[np.ndarray]:
    """Yields an array as one batch, or the arrays of a Dataset or another iterable in turn.

    Raises for what holds no numbers; `name` is that of the layer.

    >>> [len(batch) for batch in batches_of([[1.0], [2.0], [3.0]], "scaling")]
    [3]
    >>> [len(batch) for batch in batches_of([np.ones((3, 1)), np.ones((2, 1))], "scaling")]
    [3, 2]
    """
    if hasattr(data, "toarray"):  # SciPy's sparse matrices
        data = data.toarray()
    is_array = isinstance(data, (np.ndarray, Operators, list, tuple)) or hasattr(data, "__array__")
    if is_array and not _is_of_unequal_batches(data):
        yield _numbers(data, name, kind)
        return
    if isinstance(data, PyDataset):
        data = PyDatasetEpochs(data, shuffle=False, seed=0)
    require_examples(data, name)
    for batch in data:
        yield _numbers(batch[0] if isinstance(batch, tuple) else batch, name, kind)


def require_examples(data: Any, name: str) -> None:
    """Raises if data for `adapt` are neither an array nor several: None, a number, a text.

    >>> require_examples(None, "scaling")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: layer 'scaling': adapt: an array of examples, a Dataset or \
batches were expected, got None
    """
    if isinstance(data, Mapping):
        raise ArgumentError(
            f"layer {name!r}: adapt: one array of examples was expected, got a dictionary of "
            f"{list(data)}; give one of its entries, and each column a layer of its own"
        )
    if not hasattr(data, "__iter__") or isinstance(data, (str, bytes)):
        raise ArgumentError(
            f"layer {name!r}: adapt: an array of examples, a Dataset or batches were expected, "
            f"got {data!r:.40}"
        )


def _numbers(batch: Any, name: str, kind: str) -> np.ndarray:
    """The examples of a batch as an array of numbers."""
    if isinstance(batch, Mapping):
        require_examples(batch, name)
    try:
        values = np.asarray(batch)
        return values if values.dtype.kind in "fiub" else values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"layer {name!r}: adapt takes {kind}, got {batch!r:.80}; rows must be equally long, "
            "and st.layers.StringLookup takes texts"
        ) from error


def _is_of_unequal_batches(data: Any) -> bool:
    """Whether a list holds arrays of unequal length, which do not make one array."""
    arrays = isinstance(data, (list, tuple)) and all(
        len(getattr(batch, "shape", ())) > 0 for batch in data
    )
    return arrays and len({len(batch) for batch in data}) > 1
