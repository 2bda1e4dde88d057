"""TextVectorization: texts as numbers of their words, padded, or as rows of counts.

Depends on HostLayer and the base of layers with a vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from steepest.arguments import is_whole, suggests_arguments, whole
from steepest.core.dtype import DType, float32, int64
from steepest.core.tensor import Tensor
from steepest.data.preparing.preparer import PREPARERS, UNKNOWN
from steepest.errors import ArgumentError, ShapeError, unknown_name
from steepest.layers.preprocessing.encoding import DROPPED, encoded_rows
from steepest.layers.preprocessing.host import (
    Rows,
    Spec,
    host_values,
    require_texts,
    texts_of,
)
from steepest.layers.preprocessing.lookups import TextVocabularyLayer, without_string
from steepest.layers.preprocessing.vocabulary import batches_to_learn
from steepest.registry import Registry

PUNCTUATION = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
BETWEEN_SPACES = re.compile(r"[^ \t\n\r\f\v]+")
WORD_GAPS = re.compile(r"[^\w']+")
TextFunction = Callable[[str], Any]

STANDARDIZE = Registry("standardize function of texts")
SPLITS = Registry("split function of texts")


@STANDARDIZE.register
def lower(text: str) -> str:
    """A text with the letters A to Z in lower case; other letters stay, as in Keras.

    >>> lower("Ab Ä")
    'ab Ä'
    """
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


@STANDARDIZE.register
def strip_punctuation(text: str) -> str:
    """A text without the punctuation marks of ASCII.

    >>> strip_punctuation("It's, so.")
    'Its so'
    """
    stripped = text.encode("utf-8", "surrogatepass").translate(None, PUNCTUATION)
    return stripped.decode("utf-8", "surrogatepass")


@STANDARDIZE.register
def lower_and_strip_punctuation(text: str) -> str:
    """A text in lower case without punctuation marks.

    >>> lower_and_strip_punctuation("It's, so.")
    'its so'
    """
    stripped = text.encode("utf-8", "surrogatepass").lower().translate(None, PUNCTUATION)
    return stripped.decode("utf-8", "surrogatepass")


@SPLITS.register
def whitespace(text: str) -> list[str]:
    """The parts of a text between spaces, tabs and ends of lines.

    >>> whitespace(" a  b")
    ['a', 'b']
    """
    return BETWEEN_SPACES.findall(text)


@SPLITS.register
def character(text: str) -> list[str]:
    """The characters of a text.

    >>> character("ab")
    ['a', 'b']
    """
    return list(text)


@SPLITS.register
def words(text: str) -> list[str]:
    """The words of a text, in lower case: what is between other signs than letters, digits and '.

    >>> words("Don't stop, he said.")
    ["don't", 'stop', 'he', 'said']
    """
    return [word for word in WORD_GAPS.split(text.lower()) if word]


@PREPARERS.register
class TextVectorization(TextVocabularyLayer):
    """Maps texts to the numbers of their words ("int", padded with 0), or to rows of counts.

    Each text is standardized, split, joined to n-grams and looked up. `standardize` is
    "lower_and_strip_punctuation", "lower", "strip_punctuation", None, or a function of one text;
    `split` is "whitespace", "character", None, or a function of one text that returns its parts;
    such functions may use `st.strings`.
    `ngrams=2` adds all pairs of neighbours, `ngrams=(2,)` keeps only these. In "int", 0 is padding
    and 1 an unseen word; in "multi_hot", "count" and "tf_idf", 0 is an unseen word. Functions
    must be registered to be saved (`st.register_serializable`).

    >>> vectorize = TextVectorization(output_sequence_length=3)
    >>> vectorize.adapt(["The cat.", "The dog!"])
    >>> vectorize(["the dog the", "bird"]).tolist(), vectorize.get_vocabulary()
    ([[2, 3, 2], [1, 0, 0]], ['', '[UNK]', 'the', 'dog', 'cat'])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: TextFunction | str | None = "lower_and_strip_punctuation",
        split: TextFunction | str | None = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **without_string(kwargs))
        self.standardize = _function("standardize", standardize, STANDARDIZE)
        self.split = _function("split", split, SPLITS)
        self.ngrams, self.sparse, self.encoding = _checked_ngrams(ngrams), sparse, encoding
        modes = ("int", "multi_hot", "count", "tf_idf")
        self.set_up(max_tokens, 1, "", UNKNOWN, output_mode, pad_to_max_tokens, modes)
        self.output_sequence_length = self._checked_length(output_sequence_length)
        self.take_given(vocabulary, idf_weights)

    def _checked_length(self, length: Any) -> int | None:
        if length is None:
            return None
        if self.output_mode != "int":
            raise ArgumentError(
                "TextVectorization: output_sequence_length goes with output_mode='int', not "
                f"{self.output_mode!r}, whose rows have a feature for each word"
            )
        return whole("TextVectorization: output_sequence_length", length, 1)

    @suggests_arguments
    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learns the vocabulary of texts: an array, a list, a Dataset, or batches."""
        counts, holding, documents = Counter[str](), Counter[str](), 0
        for batch in batches_to_learn(data, self.name, steps):
            for tokens in self._tokens(host_values(batch), adapting=True):
                counts.update(tokens)
                documents += 1
                if self.output_mode == "tf_idf":
                    holding.update(set(tokens))
        if not documents:
            raise ArgumentError(f"layer {self.name!r}: adapt was given no examples")
        self.learn(counts, holding, documents)

    def _tokens(self, values: np.ndarray, adapting: bool = False) -> Iterator[list[str]]:
        """The tokens of each text; without `split` each row holds tokens."""
        texts = texts_of(values, f"layer {self.name!r}", self.encoding)
        standardized = (self._standardized("" if text is None else text) for text in texts)
        if self.split is None:
            width = values.shape[-1] if values.ndim > 1 else 1
            flat = list(standardized)
            rows = (flat[first : first + width] for first in range(0, len(flat), max(width, 1)))
        else:
            if values.ndim > 1 and values.shape[-1] != 1 and not adapting:
                raise ShapeError(
                    f"layer {self.name!r}: texts of shape (batch,) or (batch, 1) were expected, "
                    f"got {values.shape}; one text in each row is split into words"
                )
            split = self.split
            rows = (self._words(split(text)) for text in standardized)
        return rows if self.ngrams is None else map(self._joined, rows)

    def _standardized(self, text: str) -> str:
        made = _plain(self.standardize(text)) if self.standardize else text
        if not isinstance(made, str):
            raise ArgumentError(
                f"layer {self.name!r}: standardize: a function from a text to a text was expected, "
                f"it gave {made!r:.60}"
            )
        return str(made)

    def _words(self, found: Any) -> list[str]:
        """The words that `split` found in a text."""
        words = _plain(found)
        if not isinstance(words, (list, tuple, np.ndarray)):
            raise ArgumentError(
                f"layer {self.name!r}: split: a function from a text to a list of texts was "
                f"expected, it gave {words!r:.60}"
            )
        return list(map(str, words))

    def _joined(self, tokens: Sequence[str]) -> list[str]:
        """The n-grams of tokens, joined by spaces: all of one length after those of another."""
        given = self.ngrams or ()
        return [
            " ".join(tokens[first : first + length])
            for length in (range(1, given + 1) if isinstance(given, int) else given)
            for first in range(len(tokens) - length + 1)
        ]

    def on_host(self, values: np.ndarray) -> Rows:
        """Returns the numbers of the words of texts, or rows of counts; of one text a vector."""
        if not values.ndim:
            return np.asarray(self.on_host(values[None])[0])
        known = {token: index for index, token in enumerate(self.known(), self.token_start)}
        unseen, lengths, numbers = self.oov_start, [0], list[int]()
        known[""] = 0 if self.output_mode == "int" else DROPPED
        for tokens in self._tokens(values):
            numbers.extend([known.get(token, unseen) for token in tokens])
            lengths.append(len(tokens))
        flat, offsets = np.array(numbers, np.int64), np.cumsum(lengths)
        if self.output_mode == "int":
            return padded(flat, offsets, self.output_sequence_length)
        return encoded_rows(flat, offsets, self.width, self.output_mode, self.row_weights)

    def output_spec(self, shape: Any, dtype: DType) -> Spec:
        """Returns the shape and dtype of the outputs for those of the inputs."""
        require_texts(f"layer {self.name!r}", dtype)
        if self.split is not None and len(shape) > 1 and shape[-1] != 1:
            raise ShapeError(
                f"layer {self.name!r}: one text in each row is split into words, the input has "
                f"the shape {tuple(shape)}; declare it as st.Input((1,), dtype='string')"
            )
        if self.output_mode == "int":
            return (shape[0], self.output_sequence_length), int64
        return (shape[0], self.width), float32

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns a layer of a configuration; older ones lack `standardize`: the split did it."""
        if "standardize" not in config:
            config = {"standardize": None, **config}
        return super().from_config(config)


def _function(name: str, given: Any, known: Registry) -> Any:
    if given is None or callable(given):
        return given
    if not isinstance(given, str) or not known.has(given):
        raise unknown_name(f"{name} of TextVectorization", given, known.names())
    return known.find(given)


def _plain(result: Any) -> Any:
    """What a function of one text returned: a tensor of texts as a text or an array of texts."""
    return result.numpy() if isinstance(result, Tensor) else result


def _checked_ngrams(ngrams: Any) -> int | tuple[int, ...] | None:
    if ngrams is None or (is_whole(ngrams) and ngrams >= 1):
        return ngrams
    if isinstance(ngrams, Iterable) and not isinstance(ngrams, str):
        return tuple(whole("TextVectorization: ngrams", length, 1) for length in ngrams)
    raise ArgumentError(
        f"TextVectorization: ngrams: a whole number from 1 or several were expected, got {ngrams!r}"
    )


def padded(numbers: np.ndarray, offsets: np.ndarray, length: int | None) -> np.ndarray:
    """Returns lists of numbers as rows of one length: cut, or filled with 0, at the end.

    List i is `numbers[offsets[i]:offsets[i + 1]]`; without a length the longest list has it.

    >>> padded(np.array([3, 4, 5]), np.array([0, 2, 3]), None).tolist()
    [[3, 4], [5, 0]]
    """
    lengths = np.diff(offsets)
    width = int(lengths.max(initial=0)) if length is None else length
    inside = np.arange(width) < lengths[:, None]
    rows = np.zeros(inside.shape, np.int64)
    places = np.minimum(offsets[:-1, None] + np.arange(width), max(len(numbers) - 1, 0))
    if len(numbers):
        rows[inside] = numbers[places[inside]]
    return rows
