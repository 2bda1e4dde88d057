"""FeatureSpace: the columns of a table, each encoded by a layer of its kind, as a model.

Depends on Model and the preprocessing layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from steepest import layers
from steepest.core import tree
from steepest.core.dtype import float32, input_dtype, string
from steepest.core.tensor import Tensor
from steepest.data.frames import columns_of, is_frame
from steepest.errors import ArgumentError, SteepestError, unknown_name
from steepest.functions import shapes
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.host import host_values
from steepest.layers.preprocessing.vocabulary import VocabularyLayer, batches_to_learn
from steepest.neuralnet.model import Model

Number = float


@dataclass(frozen=True)
class Feature:
    """How a column is encoded: its dtype, its layer, and "float", "int" or "one_hot".

    >>> Feature("float32", st.layers.Rescaling(0.5, name="half"), "float").output_mode
    'float'
    """

    dtype: str
    preprocessor: Any
    output_mode: str = "float"

    def __post_init__(self) -> None:
        if self.output_mode not in ("float", "int", "one_hot"):
            raise unknown_name("output_mode", self.output_mode, ("float", "int", "one_hot"))


@dataclass(frozen=True)
class Cross:
    """Features whose combinations are hashed to `crossing_dim` values: "int" or "one_hot".

    >>> Cross(("colour", "size"), 8).name
    'colour_X_size'
    """

    feature_names: tuple[str, ...]
    crossing_dim: int
    output_mode: str = "one_hot"

    @property
    def name(self) -> str:
        """The names of the features, joined."""
        return "_X_".join(self.feature_names)


class FeatureSpace:
    """Encodes the columns of a table by their kinds, as one row of numbers or a dictionary.

    The kinds are "float", "float_normalized", "float_rescaled", "float_discretized",
    "integer_categorical", "string_categorical", "integer_hashed" and "string_hashed", or what the
    methods of these names return. Called on a dictionary of columns, or of the values of one
    row, it encodes them; `get_inputs` and `get_encoded_features` are the start of a model. `model`
    is itself one: `save` writes it, and `st.load_model` reads it.

    >>> data = {"size": [1.0, 3.0], "colour": ["red", "blue"]}
    >>> space = FeatureSpace({"size": "float_normalized", "colour": "string_categorical"})
    >>> space.adapt(data)
    >>> space({"size": 3.0, "colour": "red"}).tolist()
    [0.0, 1.0, 0.0, 1.0]
    """

    def __init__(
        self,
        features: Mapping[str, Feature | str],
        output_mode: str = "concat",
        crosses: Sequence[Any] | None = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ) -> None:
        if not features:
            raise ArgumentError("FeatureSpace: features: at least one was expected")
        if output_mode not in ("concat", "dict"):
            raise unknown_name("output_mode of FeatureSpace", output_mode, ("concat", "dict"))
        self.output_mode, self.name = output_mode, name
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, given) for key, given in features.items()}
        self.crosses = [self._cross(given) for given in crosses or ()]
        self.preprocessors = {key: each.preprocessor for key, each in self.features.items()}
        self.crossers = {
            cross.name: layers.HashedCrossing(cross.crossing_dim, name=cross.name)
            for cross in self.crosses
        }
        self._to_adapt = [key for key in features if _learns(self.preprocessors[key])]
        self._is_adapted = not self._to_adapt
        self._model: Model | None = None

    def _feature(self, name: str, given: Feature | str) -> Feature:
        if isinstance(given, Feature):
            return given
        options = {
            "float_discretized": {"num_bins": self.num_discretization_bins},
            "integer_hashed": {"num_bins": self.hashing_dim},
            "string_hashed": {"num_bins": self.hashing_dim},
        }
        if given not in KINDS:
            raise unknown_name(f"kind of feature, as of {name!r},", given, KINDS)
        made: Feature = getattr(FeatureSpace, given)(name=name, **options.get(given, {}))
        return made

    def _cross(self, given: Any) -> Cross:
        cross = given if isinstance(given, Cross) else Cross(tuple(given), self.crossing_dim)
        for name in cross.feature_names:
            if name not in self.features:
                raise unknown_name(f"feature, as crossed in {cross.name!r},", name, self.features)
        return cross

    # ------------------------------------------------------------ kinds of features

    @staticmethod
    def feature(dtype: str, preprocessor: Layer, output_mode: str) -> Feature:
        """A feature that a layer of any kind encodes.

        >>> words = st.layers.TextVectorization(output_mode="tf_idf")
        >>> FeatureSpace.feature("string", words, "float").dtype
        'string'
        """
        return Feature(dtype, preprocessor, output_mode)

    @staticmethod
    def cross(
        feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot"
    ) -> Cross:
        """A cross of features.

        >>> FeatureSpace.cross(("a", "b"), 8).crossing_dim
        8
        """
        return Cross(tuple(feature_names), crossing_dim, output_mode)

    @staticmethod
    def float(name: str | None = None) -> Feature:
        """Numbers as they are."""
        return Feature("float32", layers.Identity(name=_named(name)), "float")

    @staticmethod
    def float_rescaled(
        scale: Number = 1.0, offset: Number = 0.0, name: str | None = None
    ) -> Feature:
        """Numbers times `scale`, plus `offset`."""
        return Feature("float32", layers.Rescaling(scale, offset, name=_named(name)), "float")

    @staticmethod
    def float_normalized(name: str | None = None) -> Feature:
        """Numbers with the mean 0 and the deviation 1."""
        return Feature("float32", layers.Normalization(name=_named(name)), "float")

    @staticmethod
    def float_discretized(
        num_bins: int,
        bin_boundaries: Sequence[Number] | None = None,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Numbers as the buckets that they fall in."""
        layer = layers.Discretization(bin_boundaries, num_bins, name=_named(name))
        return Feature("float32", layer, output_mode)

    @staticmethod
    def integer_categorical(
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Whole numbers as indices of a vocabulary."""
        layer = layers.IntegerLookup(max_tokens, num_oov_indices, name=_named(name))
        return Feature("int64", layer, output_mode)

    @staticmethod
    def string_categorical(
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Texts as indices of a vocabulary."""
        layer = layers.StringLookup(max_tokens, num_oov_indices, name=_named(name))
        return Feature("string", layer, output_mode)

    @staticmethod
    def integer_hashed(
        num_bins: int, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """Whole numbers as bins of a hash."""
        return Feature("int64", layers.Hashing(num_bins, name=_named(name)), output_mode)

    @staticmethod
    def string_hashed(
        num_bins: int, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """Texts as bins of a hash."""
        return Feature("string", layers.Hashing(num_bins, name=_named(name)), output_mode)

    # ------------------------------------------------------------ use

    def adapt(self, dataset: Any) -> None:
        """Adapts the layers to a dictionary of columns, a frame, or a Dataset of dictionaries."""
        data = dataset
        if is_frame(data):
            data = {str(name): values for name, values in columns_of(data)}
        rows = [data] if isinstance(data, dict) else list(batches_to_learn(data, "FeatureSpace"))
        if not rows or not isinstance(rows[0], dict):
            raise ArgumentError(
                "FeatureSpace.adapt: a dictionary of columns or a Dataset of dictionaries was "
                "expected; of a Dataset of pairs take the first: dataset.map(lambda x, y: x)"
            )
        for name in self._to_adapt:
            parts = [np.ravel(host_values(_value(row, name))) for row in rows]
            self.preprocessors[name].adapt(np.concatenate(parts)[:, None])
        self._is_adapted, self._model = True, None

    @property
    def model(self) -> Model:
        """The model from the columns to their encodings."""
        if not self._is_adapted:
            raise SteepestError(
                "FeatureSpace: call adapt(data) with the training set before it is used"
            )
        if self._model is None:
            inputs = {
                name: layers.Input((1,), dtype=each.dtype, name=name)
                for name, each in self.features.items()
            }
            self._model = Model(inputs, self._encoded(inputs), name=self.name)
        return self._model

    def _encoded(self, inputs: dict[str, Any]) -> Any:
        made = {name: self.preprocessors[name](inputs[name]) for name in sorted(inputs)}
        crossed = {
            cross.name: self.crossers[cross.name]([made[name] for name in cross.feature_names])
            for cross in sorted(self.crosses, key=lambda cross: cross.name)
        }
        specs: dict[str, Any] = {**self.features, **{each.name: each for each in self.crosses}}
        encoded = {
            name: self._one_hot(name, value) if specs[name].output_mode == "one_hot" else value
            for name, value in {**made, **crossed}.items()
        }
        if self.output_mode == "dict":
            return encoded
        for name, value in encoded.items():
            if value.dtype != float32:
                raise ArgumentError(
                    f"FeatureSpace: feature {name!r} is a whole number, which is not joined with "
                    "others: give it output_mode='one_hot', or the FeatureSpace output_mode='dict'"
                )
        parts = list(encoded.values())
        return layers.Concatenate()(parts) if len(parts) > 1 else parts[0]

    def _one_hot(self, name: str, value: Tensor) -> Tensor:
        layer = self.preprocessors.get(name) or self.crossers[name]
        size = getattr(layer, "num_bins", None) or getattr(layer, "num_tokens", None)
        if isinstance(layer, VocabularyLayer):
            size = layer.vocabulary_size()
        if size is None:
            raise ArgumentError(
                f"FeatureSpace: feature {name!r}: the number of values of {layer!r} is not known, "
                "so it has no output_mode 'one_hot'; use 'int'"
            )
        encoded: Tensor = layers.CategoryEncoding(size, output_mode="multi_hot")(value)
        return encoded

    def get_inputs(self) -> dict[str, Tensor]:
        """The inputs by the names of the columns."""
        inputs: dict[str, Tensor] = self.model.drawn_ends()[0]
        return inputs

    def get_encoded_features(self) -> Any:
        """The encodings, to which the layers of a model are applied."""
        return self.model.drawn_ends()[1]

    def __call__(self, data: Any) -> Any:
        """The encodings of a dictionary of columns, or of the values of one row."""
        if not isinstance(data, dict):
            raise ArgumentError(f"FeatureSpace: a dictionary was expected, got {data!r:.60}")
        values = {name: _column(_value(data, name), each) for name, each in self.features.items()}
        rows = self.model(values)
        if all(_is_single(data[name]) for name in self.features):
            return tree.transform(lambda part: part[0], rows)
        return rows

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model of the encodings to a file, which `st.load_model` reads."""
        self.model.save(path)


KINDS = tuple(
    name for name in vars(FeatureSpace) if name.startswith(("float", "integer_", "string_"))
)


def _named(name: str | None) -> str | None:
    return name and f"{name}_preprocessor"


def _learns(layer: Any) -> bool:
    """Whether a layer must be adapted: it was given no vocabulary, boundaries or mean."""
    for learned in ("vocabulary", "bin_boundaries", "mean"):
        if hasattr(layer, learned):
            return getattr(layer, learned) is None
    return False


def _value(data: dict[str, Any], name: str) -> Any:
    if name not in data:
        raise ArgumentError(f"FeatureSpace: the column {name!r} is missing from the data")
    return data[name]


def _is_single(value: Any) -> bool:
    return isinstance(value, (str, bytes)) or not np.ndim(value)


def _column(value: Any, feature: Feature) -> Any:
    """A column of values, or a single value, in the shape (batch, 1)."""
    if isinstance(value, Tensor):
        if value.ndim < 1:
            value = shapes.expand_dims(value, 0)
        return value if value.ndim > 1 else shapes.expand_dims(value, -1)
    values = host_values([value] if _is_single(value) else value)
    dtype = input_dtype(feature.dtype)
    column = values if dtype == string else values.astype(dtype)
    return column if column.ndim > 1 else column[:, None]
