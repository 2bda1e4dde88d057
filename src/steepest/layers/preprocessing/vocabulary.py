"""VocabularyLayer, the base of layers that give each token of a vocabulary an index.

Depends on the bases of preprocessing layers and the encoding of indices.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from steepest.arguments import whole
from steepest.core.tensor import Operators
from steepest.data.frames import is_frame
from steepest.data.py_dataset import PyDataset, PyDatasetEpochs
from steepest.errors import ArgumentError, DataError, SteepestError, UnseenWarning
from steepest.finding import Finding, Rule, Severity, Where
from steepest.layers.preprocessing.base import JsonAdaptedLayer, require_examples
from steepest.layers.preprocessing.encoding import LOOKUP_MODES, checked_mode

Token = Any
"""A text or a whole number."""
SHOWN = 5

UNSEEN = Rule(
    "unseen-number",
    Severity.WARNING,
    "A lookup is given entries that it did not see when it was adapted.",
    "layer {where.layer!r}: adapt never saw {unseen}, first in row {where.row}; they share the "
    "index {index}",
    "adapt the layer to data that contain all of them, if they matter",
    UnseenWarning,
)
NO_INDEX_FOR_UNSEEN = Rule(
    "no-place-for-unseen-number",
    Severity.ERROR,
    "A lookup without a place for unseen entries is given one.",
    "layer {where.layer!r}: adapt never saw {unseen}, first in row {where.row}",
    "num_oov_indices=1 reserves an index for unseen entries",
    DataError,
)


class VocabularyLayer(JsonAdaptedLayer):
    """The base of layers with a vocabulary: its order, special tokens, weights and settings.

    The indices are: in the mode "int" first that of the mask, if there is one, then those of
    unseen (out-of-vocabulary) tokens, then those of the vocabulary, the most frequent token first;
    of equally frequent ones the greater comes first, as in Keras.

    >>> st.layers.StringLookup(vocabulary=["b", "a"], mask_token="").get_vocabulary()
    ['', '[UNK]', 'b', 'a']
    """

    max_tokens: int | None
    num_oov_indices: int
    mask_token: Token
    oov_token: Token
    output_mode: str
    pad_to_max_tokens: bool
    vocabulary: list[Token] | None
    idf_weights: list[float] | None

    def set_up(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Token,
        oov_token: Token,
        output_mode: str,
        pad_to_max_tokens: bool,
        modes: Sequence[str] = LOOKUP_MODES,
    ) -> None:
        """Checks and stores the settings; called by constructors before `set_vocabulary`."""
        own = type(self).__name__
        self.max_tokens = None if max_tokens is None else whole(f"{own}: max_tokens", max_tokens, 1)
        self.num_oov_indices = whole(f"{own}: num_oov_indices", num_oov_indices, 0)
        self.mask_token, self.oov_token = mask_token, oov_token
        self.output_mode = checked_mode(own, output_mode, modes)
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        if self.pad_to_max_tokens and max_tokens is None:
            raise ArgumentError(f"{own}: pad_to_max_tokens=True needs max_tokens")
        self.vocabulary = self.idf_weights = None

    # ------------------------------------------------------------ indices

    @property
    def oov_start(self) -> int:
        """The first index of unseen tokens."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def token_start(self) -> int:
        """The first index of the vocabulary."""
        return self.oov_start + self.num_oov_indices

    def known(self) -> list[Token]:
        """Returns the vocabulary without special tokens; raises where there is none yet."""
        if self.vocabulary is None:
            raise SteepestError(
                f"layer {self.name!r} has no vocabulary yet: call adapt(data) with the training "
                "set, or give vocabulary="
            )
        return self.vocabulary

    def vocabulary_size(self) -> int:
        """Returns the number of indices, those of mask and unseen tokens included."""
        return self.token_start + len(self.known())

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Token]:
        """Returns the tokens in the order of their indices."""
        special = self._special_tokens() if include_special_tokens else []
        return [*special, *self.known()]

    @property
    def width(self) -> int:
        """The number of features of encoded rows."""
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        return self.vocabulary_size()

    @property
    def row_weights(self) -> np.ndarray | None:
        """The weight of each feature in the mode "tf_idf"; None in others."""
        if self.output_mode != "tf_idf":
            return None
        self.known()
        if self.idf_weights is None:
            raise SteepestError(
                f"layer {self.name!r} has no idf_weights yet: call adapt(data), or give them with "
                "the vocabulary"
            )
        return np.asarray(self.idf_weights, np.float32)

    # ------------------------------------------------------------ the vocabulary

    def as_token(self, entry: Any) -> Token:
        """Returns an entry of a vocabulary as it is stored; raises if it is none."""
        raise NotImplementedError

    def take_given(self, vocabulary: Any, idf_weights: Any) -> None:
        """Sets the vocabulary that a constructor was given, if it was given one."""
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
        elif idf_weights is not None:
            raise ArgumentError(f"{type(self).__name__}: idf_weights go with a vocabulary")

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the vocabulary: tokens in order, or the path of a file with one on each line.

        It may begin with the special tokens. "tf_idf" needs a weight for each token.
        """
        own = type(self).__name__
        if idf_weights is not None and self.output_mode != "tf_idf":
            raise ArgumentError(f"{own}: idf_weights are for output_mode 'tf_idf' only")
        is_path = isinstance(vocabulary, (str, os.PathLike))
        given = _lines(own, vocabulary) if is_path else listed_tokens(vocabulary)
        tokens = [self.as_token(entry) for entry in given]
        special = self._special_tokens()
        weights = self._checked_weights(idf_weights, tokens, special)
        if special and tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
        self._check_tokens(tokens)
        self.vocabulary = tokens
        self.idf_weights = weights

    def _special_tokens(self) -> list[Token]:
        return [*[self.mask_token] * self.oov_start, *[self.oov_token] * self.num_oov_indices]

    def _check_tokens(self, tokens: list[Token]) -> None:
        own = type(self).__name__
        if not tokens:
            raise ArgumentError(f"{own}: the vocabulary is empty; give tokens, or call adapt(data)")
        twice = [token for token, count in Counter(tokens).items() if count > 1]
        if twice:
            raise ArgumentError(f"{own}: the vocabulary contains {twice[:SHOWN]} more than once")
        if self.mask_token is not None and self.mask_token in tokens:
            raise ArgumentError(
                f"{own}: the vocabulary contains the mask token {self.mask_token!r}; leave it out, "
                f"or begin with all special tokens: {self._special_tokens()}"
            )
        size = self.token_start + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ArgumentError(
                f"{own}: the vocabulary and its special tokens take {size} indices, more than "
                f"max_tokens={self.max_tokens}"
            )

    def _checked_weights(
        self, given: Any, tokens: list[Token], special: list[Token]
    ) -> list[float] | None:
        """One weight for each feature; those of special tokens are the mean if not given."""
        if given is None:
            return None
        weights = np.asarray(given, np.float64)
        has_special = bool(special) and tokens[: len(special)] == special
        size = len(tokens) + (0 if has_special else len(special))
        width = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else size
        if weights.shape not in ((len(tokens),), (width,)) or not np.isfinite(weights).all():
            raise ArgumentError(
                f"{type(self).__name__}: idf_weights: a number for each of the {len(tokens)} "
                f"tokens was expected, got the shape {weights.shape}"
            )
        if len(weights) != width:
            return self._filled(weights, 0 if has_special else len(special), width)
        return [float(weight) for weight in weights]

    def _filled(self, weights: np.ndarray, before: int, width: int) -> list[float]:
        """Weights of all features: the mean for special tokens, 0 for features without a token."""
        mean = float(np.mean(weights)) if len(weights) else 0.0
        filled = [*[mean] * before, *map(float, weights)]
        return [*filled, *[0.0] * (width - len(filled))]

    def learn(self, counts: Counter[Token], holding: Counter[Token], documents: int) -> None:
        """Sets the vocabulary by counts, and by the number of rows that hold a token the weights.

        A weight is log(1 + n / (1 + d)) for a token in d of n rows.
        """
        for token in (self.mask_token, self.oov_token):
            counts.pop(token, None)
        by_count = sorted(counts.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)
        most = None if self.max_tokens is None else max(0, self.max_tokens - self.token_start)
        self.vocabulary = [token for token, _ in by_count[:most]]
        self.idf_weights = None
        if self.output_mode == "tf_idf":
            rows = np.array([holding[token] for token in self.vocabulary], np.float64)
            weights = np.log1p(documents / (1.0 + rows))
            self.idf_weights = self._filled(weights, self.token_start, self.width)

    # ------------------------------------------------------------ findings, files

    def unseen_findings(self, unseen: Iterable[Token], row: int) -> Iterator[Finding]:
        """Yields a finding for unseen tokens: an error where no index is reserved for them."""
        every = list(dict.fromkeys(unseen))
        shown = f"{every[:SHOWN]}{' ...' if len(every) > SHOWN else ''}"
        rule = UNSEEN if self.num_oov_indices else NO_INDEX_FOR_UNSEEN
        where = Where("x", layer=self.name, row=row)
        yield rule.finding(where, unseen=shown, count=len(every), index=self.oov_start)

    def get_learned(self) -> dict[str, Any]:
        """Returns the vocabulary, and the weights if there are some."""
        weights = {} if self.idf_weights is None else {"idf_weights": self.idf_weights}
        return {"vocabulary": self.vocabulary, **weights}

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Sets the vocabulary and the weights."""
        given = learned["vocabulary"]
        if given is None:
            self.vocabulary = self.idf_weights = None
            return
        if isinstance(given, str):
            raise DataError(
                f"layer {self.name!r}: a file's vocabulary is a list, got {given!r:.60}"
            )
        self.set_vocabulary(given, learned.get("idf_weights"))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns a layer of a configuration, whose vocabulary is a list and never a path."""
        if isinstance(config.get("vocabulary"), str):
            raise DataError(
                f"{cls.__name__}: a configuration's vocabulary is a list, got "
                f"{config['vocabulary']!r:.60}"
            )
        return super().from_config(config)


def listed_tokens(vocabulary: Any) -> list[Any]:
    """Returns a vocabulary as a list: of an array, a tensor, a series or a sequence.

    >>> listed_tokens(np.array(["a", "b"]))
    ['a', 'b']
    """
    if isinstance(vocabulary, (np.ndarray, Operators)) or hasattr(vocabulary, "__array__"):
        array = np.asarray(vocabulary)
        if array.ndim != 1:
            raise ArgumentError(f"vocabulary: tokens in one axis were expected, got {array.shape}")
        return list(array.tolist())
    if not isinstance(vocabulary, Iterable) or isinstance(vocabulary, (bytes, dict)):
        raise ArgumentError(f"vocabulary must be a list of tokens, got {vocabulary!r:.60}")
    return list(vocabulary)


def _lines(own: str, path: Any) -> list[str]:
    """The lines of a vocabulary file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError as error:
        raise ArgumentError(
            f"{own}: vocabulary: there is no readable file {os.fspath(path)!r} "
            f"({error.strerror}); a list of tokens is taken too"
        ) from None


def batches_to_learn(data: Any, name: str, steps: int | None = None) -> Iterator[Any]:
    """Yields an array or a list as one batch, or the batches of a Dataset or another iterable.

    Of batches (x, y) it yields x; `name` is that of the layer.

    >>> list(batches_to_learn(["a", "b"], "words"))
    [['a', 'b']]
    >>> list(batches_to_learn(iter([["a"], ["b"]]), "words", 1))
    [['a']]
    """
    if isinstance(data, str):
        raise ArgumentError(
            f"adapt: several entries were expected, got {data!r:.40}; put it in a list"
        )
    limit = None if steps is None else whole("adapt: steps", steps, 1)
    arrays = (np.ndarray, Operators, list, tuple)
    if isinstance(data, arrays) or hasattr(data, "__array__") or is_frame(data):
        yield data
        return
    if isinstance(data, PyDataset):
        data = PyDatasetEpochs(data, shuffle=False, seed=0)
    require_examples(data, name)
    for batch in itertools.islice(data, limit):
        x = batch[0] if isinstance(batch, tuple) else batch
        yield [x] if isinstance(x, (str, bytes)) else x
