"""StringLookup and IntegerLookup: texts and whole numbers as indices in a vocabulary.

Texts are looked up on the host, numbers in the program. Depends on the base of layers with a
vocabulary and on HostLayer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.arguments import is_whole, suggests_arguments
from steepest.core import ops
from steepest.core.dtype import DType, float32, int64
from steepest.core.tensor import Tensor
from steepest.data.preparing.preparer import PREPARERS, UNKNOWN
from steepest.errors import ArgumentError, DataError
from steepest.finding import Finding, report
from steepest.functions import shapes
from steepest.layers import call_context
from steepest.layers.preprocessing.base import gathered
from steepest.layers.preprocessing.encoding import (
    DROPPED,
    encoded,
    encoded_on_host,
    encoded_shape,
)
from steepest.layers.preprocessing.hash_buckets import bucket_of, checked_salt
from steepest.layers.preprocessing.host import (
    HostLayer,
    Rows,
    Spec,
    host_values,
    is_number,
    require_texts,
    texts_of,
)
from steepest.layers.preprocessing.vocabulary import VocabularyLayer, batches_to_learn


class TextVocabularyLayer(HostLayer, VocabularyLayer):
    """The base of layers with a vocabulary of texts, which bytes of an `encoding` may stand for."""

    encoding: str

    def as_token(self, entry: Any) -> str:
        """Returns an entry of the vocabulary as a text."""
        if isinstance(entry, bytes):
            return entry.decode(self.encoding)
        if not isinstance(entry, str):
            raise ArgumentError(
                f"{type(self).__name__}: vocabulary must be a list of texts, got {entry!r}"
            )
        return str(entry)


@PREPARERS.register
class StringLookup(TextVocabularyLayer):
    """Maps texts to their indices in a vocabulary, given or learned by `adapt`, or to rows.

    Unseen texts, and missing ones (None, NaN), have the index of `oov_token`, or one of several by
    a hash; with `num_oov_indices=0` they are an error. Rows are "one_hot", "multi_hot", "count" or
    "tf_idf". `invert=True` maps indices to texts.

    >>> layer = StringLookup()
    >>> layer.adapt(["cat", "dog", "cat"])
    >>> layer([["dog"], ["cat"]]).tolist(), layer.get_vocabulary()
    ([[2], [1]], ['[UNK]', 'cat', 'dog'])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = UNKNOWN,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **without_string(kwargs))
        self.encoding, self.sparse, self.invert = encoding, sparse, invert
        self.salt = checked_salt("StringLookup", salt)
        self.set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, output_mode, pad_to_max_tokens
        )
        if invert and self.output_mode != "int":
            raise ArgumentError("StringLookup: invert=True goes with output_mode='int' only")
        self._places: tuple[Any, dict[str, int]] | None = None
        self.take_given(vocabulary, idf_weights)

    @suggests_arguments
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the vocabulary of the training set: an array, a Dataset, or batches."""
        counts, holding, documents = Counter[str](), Counter[str](), 0
        for batch in batches_to_learn(data, self.name, steps):
            values = host_values(batch)
            texts = texts_of(values, f"layer {self.name!r}", self.encoding)
            counts.update(text for text in texts if text is not None)
            width = values.shape[-1] if values.ndim > 1 else 1
            documents += len(texts) // max(width, 1)
            if self.output_mode == "tf_idf":
                for first in range(0, len(texts), width):
                    holding.update(set(texts[first : first + width]))
        if not documents:
            raise ArgumentError(f"layer {self.name!r}: adapt was given no examples")
        self.learn(counts, holding, documents)

    def places(self) -> dict[str, int]:
        """Returns the index of each text of the vocabulary."""
        known = self.known()
        if self._places is None or self._places[0] is not known:
            self._places = (known, {text: n for n, text in enumerate(known, self.token_start)})
        return self._places[1]

    def indices_of(self, values: np.ndarray) -> np.ndarray:
        """Returns the index of each text; that of the mask is DROPPED where rows are made."""
        places = self.places()
        texts = texts_of(values, f"layer {self.name!r}", self.encoding)
        found = np.fromiter((places.get(text, -1) for text in texts), np.int64, len(texts))
        unseen = np.flatnonzero(found < 0)
        if self.mask_token is not None:
            masked = np.array([texts[place] == self.mask_token for place in unseen], bool)
            found[unseen[masked]] = 0 if self.oov_start else DROPPED
            unseen = unseen[~masked]
        if len(unseen):
            row = int(unseen[0]) // max(1, int(np.prod(values.shape[1:])))
            report(self.unseen_findings((texts[place] for place in unseen), row))
            several = self.num_oov_indices > 1
            for place in unseen:
                found[place] = self.oov_start
                if several and texts[place] is not None:
                    found[place] += bucket_of(texts[place], self.num_oov_indices, self.salt)
        return found.reshape(values.shape)

    def on_host(self, values: np.ndarray) -> Rows:
        """Returns the indices of texts or their rows; with `invert` the texts of indices."""
        if self.invert:
            return self.texts_at(values)
        indices = self.indices_of(values)
        width = 0 if self.output_mode == "int" else self.width
        return encoded_on_host(indices, width, self.output_mode, self.row_weights)

    def texts_at(self, indices: Any) -> np.ndarray:
        """Returns the texts of indices; `oov_token` for those that no text has."""
        numbers = np.asarray(indices)
        if not is_number(numbers):
            raise DataError(f"layer {self.name!r}: indices were expected, got {numbers.flat[0]!r}")
        names = np.array([*self.get_vocabulary(), self.oov_token], object)
        inside = (numbers >= 0) & (numbers < len(names) - 1)
        return np.asarray(names[np.where(inside, numbers, len(names) - 1).astype(np.int64)])

    def inverse_transform(self, data: Any) -> np.ndarray:
        """Returns the texts of indices."""
        return self.texts_at(data)

    def output_spec(self, shape: Any, dtype: DType) -> Spec:
        """Returns the shape and dtype of the outputs for those of the inputs."""
        if self.invert:
            raise ArgumentError(
                f"layer {self.name!r}: texts cannot be the output of a model; apply the layer to "
                "the predictions"
            )
        require_texts(f"layer {self.name!r}", dtype)
        if self.output_mode == "int":
            return tuple(shape), int64
        return encoded_shape(tuple(shape), self.width, self.output_mode), float32


def without_string(options: dict[str, Any]) -> dict[str, Any]:
    """Returns options of a layer without dtype="string", which layers of texts always have.

    >>> without_string({"dtype": "string", "trainable": False})
    {'trainable': False}
    """
    return {key: value for key, value in options.items() if (key, value) != ("dtype", "string")}


class IntegerLookup(VocabularyLayer):
    """Maps integers to their indices in a vocabulary, given or learned by `adapt`, or to rows.

    Unseen numbers have the index of `oov_token`, with a warning, or one of several: the remainder
    of their division by `num_oov_indices`. With `num_oov_indices=0` they are an error. Rows are
    "one_hot", "multi_hot", "count" or "tf_idf". `invert=True` maps indices to numbers.

    >>> layer = IntegerLookup(num_oov_indices=0)
    >>> layer.adapt([[1000], [7], [7]])
    >>> layer([[7], [1000]]).tolist()
    [[0], [1]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.invert = invert
        self.set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, output_mode, pad_to_max_tokens
        )
        if invert and self.output_mode != "int":
            raise ArgumentError("IntegerLookup: invert=True goes with output_mode='int' only")
        self.take_given(vocabulary, idf_weights)

    def as_token(self, entry: Any) -> int:
        """Returns an entry of the vocabulary as an int; a line of a file too."""
        digits = isinstance(entry, str) and entry.strip().lstrip("-").isdecimal()
        if not (digits or is_whole(entry) or (isinstance(entry, float) and entry.is_integer())):
            raise ArgumentError(
                f"IntegerLookup: vocabulary must be a list of whole numbers, got {entry!r}"
            )
        return int(entry)

    @suggests_arguments
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the vocabulary of the training set: an array, a Dataset, or batches."""
        batches = list(batches_to_learn(data, self.name, steps)) if steps is not None else data
        given = batches if steps is None else iter(batches)
        values = gathered(given, self.name, kind="whole numbers")
        numbers = values.astype(np.int64)
        tokens, counts = np.unique(numbers, return_counts=True)
        holding = Counter[int]()
        rows = numbers if numbers.ndim > 1 else numbers.reshape(-1, 1)
        if self.output_mode == "tf_idf":
            for row in rows.reshape(-1, rows.shape[-1]):
                holding.update(set(row.tolist()))
        documents = rows.size // rows.shape[-1]
        self.learn(
            Counter(dict(zip(tokens.tolist(), counts.tolist(), strict=True))), holding, documents
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the indices or their rows; with `invert` the numbers of indices."""
        if (
            self.vocabulary is None
            and self.output_mode == "int"
            and call_context.inferring_shapes()
        ):
            return ops.cast(inputs, "int64")
        if self.invert:
            return self.numbers_at(inputs)
        if not inputs.is_symbolic:
            self.check_values(np.asarray(inputs))
        given = ops.cast(inputs, "int64")
        indices = self._indices(given)
        masked = None if self.mask_token is None else ops.equal(given, self.mask_token)
        if self.output_mode == "int":
            return indices if masked is None else ops.where(masked, 0, indices)
        weights = None
        if masked is not None:
            indices = ops.where(masked, 0, indices)
            weights = ops.cast(ops.logical_not(masked), self.dtype)
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        rows = encoded(indices, self.width, mode, self.dtype, weights)
        if self.output_mode == "tf_idf":
            rows = rows * ops.constant(self.row_weights, self.dtype)
        return rows

    def _indices(self, given: Tensor) -> Tensor:
        """The index of each number; -1 for an unseen one that no index is reserved for."""
        known = ops.constant(self.known(), "int64")
        same = ops.equal(shapes.expand_dims(given, -1), known)
        ordinals = ops.constant(np.arange(1, len(self.known()) + 1), "int64")
        place = ops.reduce_sum(ops.where(same, ordinals, ops.constant(0, "int64")), -1)
        unseen: Any = ops.constant(self.oov_start if self.num_oov_indices else -1, "int64")
        if self.num_oov_indices > 1:
            unseen = given % ops.constant(self.num_oov_indices, "int64") + self.oov_start
        return ops.where(place > 0, place + (self.token_start - 1), unseen)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding for unseen numbers: an error where no index is reserved for them."""
        if self.vocabulary is None or self.invert:
            return
        seen = [*self.vocabulary, *([] if self.mask_token is None else [self.mask_token])]
        unseen = np.setdiff1d(values, seen)
        if len(unseen):
            row = int(np.argwhere(~np.isin(values, seen))[0][0])
            yield from self.unseen_findings(unseen.tolist(), row)

    def numbers_at(self, inputs: Tensor) -> Tensor:
        """Returns the numbers of indices; `oov_token` for those that no number has."""
        names = [*self.get_vocabulary(), self.oov_token]
        indices = ops.cast(inputs, "int64")
        inside = ops.logical_and(indices >= 0, indices < len(names) - 1)
        places = ops.where(inside, indices, len(names) - 1)
        return ops.gather(ops.constant(names, "int64"), places)

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the numbers of indices; `oov_token` for the index of unseen numbers."""
        if self.output_mode != "int":
            raise ArgumentError("IntegerLookup: only output_mode 'int' can be undone")
        return self.numbers_at(inputs)
