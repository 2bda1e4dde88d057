"""Each layer with suitable inputs, and checks: derivatives against finite differences, recording.

The checks raise AssertionError; `test_every_layer.py` verifies that each of them can fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import steepest as st
from steepest import layers
from steepest.core import tree
from steepest.engines.choose import prepare
from steepest.program.trace import TensorSpec, record

STEP = 1e-6


@dataclass
class Case:
    """A layer, the shapes of its inputs (with a batch of 5), and their values."""

    make: Callable[..., layers.Layer]
    shapes: list[tuple[int, ...]]
    training: bool = False
    whole: int | None = None  # inputs are the numbers 0 .. whole - 1

    def inputs(self, seed: int = 0) -> Any:
        """Fresh inputs: an array, or a list of arrays."""
        rng = np.random.default_rng(seed)
        if self.whole:
            made: list[Any] = [rng.integers(0, self.whole, shape) for shape in self.shapes]
        else:
            made = [rng.normal(size=shape) + 0.01 for shape in self.shapes]
        return made if len(made) > 1 else made[0]


def _adapted(**options: Any) -> layers.Layer:
    layer = layers.Normalization(**options)
    layer.adapt(np.random.default_rng(9).normal(3.0, 2.0, size=(50, 4)))
    return layer


def _fitted(kind: type[layers.Layer], *arguments: Any, **options: Any) -> layers.Layer:
    return kind(*arguments, **options).fit(np.random.default_rng(9).normal(size=(50, 4)))


FLAT, CUBE, PICTURE = [(5, 4)], [(5, 3, 4)], [(5, 6, 4, 2)]
CASES = {
    "Dense": Case(lambda **k: layers.Dense(3, "tanh", **k), FLAT),
    "Dense without bias": Case(lambda **k: layers.Dense(3, use_bias=False, **k), FLAT),
    "EinsumDense": Case(
        lambda **k: layers.EinsumDense("abc,cd->abd", (None, 2), "tanh", bias_axes="d", **k), CUBE
    ),
    "TimeDistributed": Case(
        lambda **k: layers.TimeDistributed(layers.Dense(2, "tanh", **k), **k), CUBE
    ),
    "SpectralNormalization": Case(
        lambda **k: layers.SpectralNormalization(layers.Dense(2, **k), **k), FLAT
    ),
    "Dense on three axes": Case(lambda **k: layers.Dense(2, "sigmoid", **k), CUBE),
    "Dense with activity penalty": Case(
        lambda **k: layers.Dense(2, activity_regularizer="l2", **k), FLAT
    ),
    "Masking": Case(lambda **k: layers.Masking(**k), CUBE),
    "Embedding": Case(lambda **k: layers.Embedding(7, 3, **k), [(5, 2)], whole=7),
    "Activation": Case(lambda **k: layers.Activation("gelu", **k), FLAT),
    "Lambda": Case(lambda **k: layers.Lambda(st.math.square, **k), FLAT),
    "Identity": Case(lambda **k: layers.Identity(**k), FLAT),
    "ReLU": Case(lambda **k: layers.ReLU(1.0, 0.2, 0.1, **k), FLAT),
    "LeakyReLU": Case(lambda **k: layers.LeakyReLU(**k), FLAT),
    "PReLU": Case(lambda **k: layers.PReLU("normal", **k), FLAT),
    "PReLU shared": Case(lambda **k: layers.PReLU("normal", shared_axes=[1], **k), CUBE),
    "ELU": Case(lambda **k: layers.ELU(0.7, **k), FLAT),
    "Softmax": Case(lambda **k: layers.Softmax(**k), FLAT),
    "Flatten": Case(lambda **k: layers.Flatten(**k), CUBE),
    "Reshape": Case(lambda **k: layers.Reshape((-1, 2), **k), CUBE),
    "Permute": Case(lambda **k: layers.Permute((2, 1), **k), CUBE),
    "RepeatVector": Case(lambda **k: layers.RepeatVector(3, **k), FLAT),
    "SpatialDropout2D training": Case(
        lambda **k: layers.SpatialDropout2D(0.4, seed=3, **k), PICTURE, True
    ),
    "Dropout": Case(lambda **k: layers.Dropout(0.5, **k), FLAT),
    "Dropout training": Case(lambda **k: layers.Dropout(0.4, seed=3, **k), FLAT, True),
    "AlphaDropout training": Case(lambda **k: layers.AlphaDropout(0.4, seed=3, **k), FLAT, True),
    "GaussianNoise training": Case(lambda **k: layers.GaussianNoise(0.4, seed=3, **k), FLAT, True),
    "GaussianDropout training": Case(
        lambda **k: layers.GaussianDropout(0.4, seed=3, **k), FLAT, True
    ),
    "ActivityRegularization": Case(lambda **k: layers.ActivityRegularization(0.1, 0.2, **k), FLAT),
    "BatchNormalization": Case(lambda **k: layers.BatchNormalization(**k), FLAT),
    "BatchNormalization training": Case(lambda **k: layers.BatchNormalization(**k), FLAT, True),
    "BatchNormalization axis 1": Case(
        lambda **k: layers.BatchNormalization(axis=1, **k), CUBE, True
    ),
    "BatchNormalization bare": Case(
        lambda **k: layers.BatchNormalization(center=False, scale=False, **k), FLAT, True
    ),
    "LayerNormalization": Case(lambda **k: layers.LayerNormalization(**k), FLAT),
    "LayerNormalization axes": Case(lambda **k: layers.LayerNormalization(axis=(1, 2), **k), CUBE),
    "LayerNormalization axis 1": Case(lambda **k: layers.LayerNormalization(axis=1, **k), CUBE),
    "RMSNormalization": Case(lambda **k: layers.RMSNormalization(**k), FLAT),
    "GroupNormalization": Case(lambda **k: layers.GroupNormalization(2, **k), FLAT),
    "GroupNormalization axis 1": Case(
        lambda **k: layers.GroupNormalization(3, axis=1, center=False, **k), CUBE
    ),
    "GlobalAveragePooling1D": Case(lambda **k: layers.GlobalAveragePooling1D(**k), CUBE),
    "GlobalMaxPooling1D": Case(lambda **k: layers.GlobalMaxPooling1D(keepdims=True, **k), CUBE),
    "SpatialDropout1D training": Case(
        lambda **k: layers.SpatialDropout1D(0.4, seed=3, **k), CUBE, True
    ),
    "AlphaDropout by rows": Case(
        lambda **k: layers.AlphaDropout(0.4, (None, 1), seed=3, **k), FLAT, True
    ),
    "UnitNormalization": Case(lambda **k: layers.UnitNormalization(**k), FLAT),
    "Normalization": Case(_adapted, FLAT),
    "Normalization inverted": Case(lambda **k: _adapted(invert=True, **k), FLAT),
    "Rescaling": Case(lambda **k: layers.Rescaling(0.5, -1.0, **k), FLAT),
    "MinMaxScaling": Case(lambda **k: _fitted(layers.MinMaxScaling, (-1.0, 1.0), **k), FLAT),
    "RobustScaling": Case(lambda **k: _fitted(layers.RobustScaling, **k), FLAT),
    "PrincipalComponents": Case(lambda **k: _fitted(layers.PrincipalComponents, 2, **k), FLAT),
    "PrincipalComponents whitened": Case(
        lambda **k: _fitted(layers.PrincipalComponents, 3, whiten=True, **k), FLAT
    ),
    "MissingValues": Case(lambda **k: _fitted(layers.MissingValues, **k), FLAT),
    "CategoryEncoding": Case(lambda **k: layers.CategoryEncoding(7, **k), FLAT, whole=7),
    "CategoryEncoding counts": Case(
        lambda **k: layers.CategoryEncoding(7, "count", **k), FLAT, whole=7
    ),
    "CategoryEncoding one-hot": Case(
        lambda **k: layers.CategoryEncoding(7, "one_hot", **k), [(5, 1)], whole=7
    ),
    "BinaryCodes": Case(lambda **k: layers.BinaryCodes(7, **k), [(5, 1)], whole=7),
    "Discretization": Case(
        lambda **k: layers.Discretization([-0.5, 0.5], output_mode="one_hot", **k), FLAT
    ),
    "IntegerLookup": Case(
        lambda **k: layers.IntegerLookup(
            num_oov_indices=0, vocabulary=range(7), output_mode="multi_hot", **k
        ),
        FLAT,
        whole=7,
    ),
    "RandomTranslation": Case(
        lambda **k: layers.RandomTranslation(0.3, 0.3, seed=3, **k), PICTURE, True
    ),
    "RandomRotation": Case(lambda **k: layers.RandomRotation(0.5, seed=3, **k), PICTURE, True),
    "RandomZoom": Case(
        lambda **k: layers.RandomZoom(0.3, fill_mode="wrap", seed=3, **k), PICTURE, True
    ),
    "RandomFlip": Case(lambda **k: layers.RandomFlip(seed=3, **k), CUBE, True),
    "RandomContrast": Case(lambda **k: layers.RandomContrast(0.3, seed=3, **k), PICTURE, True),
    "RandomBrightness": Case(
        lambda **k: layers.RandomBrightness(0.3, (-9.0, 9.0), seed=3, **k), PICTURE, True
    ),
    "RandomErasing": Case(lambda **k: layers.RandomErasing(0.7, seed=3, **k), PICTURE, True),
    "Add": Case(lambda **k: layers.Add(**k), FLAT * 3),
    "Subtract": Case(lambda **k: layers.Subtract(**k), FLAT * 2),
    "Multiply": Case(lambda **k: layers.Multiply(**k), FLAT * 3),
    "Average": Case(lambda **k: layers.Average(**k), FLAT * 3),
    "Maximum": Case(lambda **k: layers.Maximum(**k), FLAT * 3),
    "Minimum": Case(lambda **k: layers.Minimum(**k), FLAT * 2),
    "Concatenate": Case(lambda **k: layers.Concatenate(**k), [(5, 4), (5, 2)]),
    "Dot": Case(lambda **k: layers.Dot(1, **k), FLAT * 2),
    "Dot normalized": Case(lambda **k: layers.Dot((2, 1), True, **k), [(5, 3, 4), (5, 4, 2)]),
}


def randomize(layer: layers.Layer, seed: int = 1) -> None:
    """Assigns random values to all weights, since zeros and ones could hide errors."""
    rng = np.random.default_rng(seed)
    for weight in layer.weights:
        weight.assign(np.abs(rng.normal(size=weight.shape)) + 0.3)


class Snapshot:
    """The current values of a layer's variables, to be restored before each evaluation."""

    def __init__(self, layer: layers.Layer) -> None:
        self.values = [(variable, variable.numpy()) for variable in layer.variables]

    def restore(self) -> None:
        for variable, value in self.values:
            variable.assign(value)


def total(layer: layers.Layer, inputs: Any, training: bool) -> st.Tensor:
    """A weighted sum of all outputs, plus the layer's losses."""
    value = st.constant(0.0, "float64")
    for output in tree.leaves(layer(inputs, training=training)):
        factors = np.cos(np.arange(output.size)).reshape(output.shape)
        value = value + st.reduce_sum(output * factors)
    for loss in layer.losses:
        value = value + loss
    return value


def check_derivatives(layer: layers.Layer, inputs: Any, training: bool = False) -> None:
    """Raises unless the tape's derivatives equal finite differences, for inputs and weights."""
    tensors = tree.transform(st.constant, inputs)
    layer(tensors, training=training)
    randomize(layer)
    snapshot = Snapshot(layer)
    floats = [t for t in tree.leaves(tensors) if t.dtype == np.float64]
    sources = [*floats, *layer.trainable_weights]
    with st.GradientTape() as tape:
        tape.watch(floats)
        value = total(layer, tensors, training)
    slopes = tape.gradient(value, sources)

    def total_at(place: int, shift: np.ndarray) -> float:
        snapshot.restore()
        moved = [source.numpy() for source in sources]
        moved[place] = moved[place] + shift
        for weight, values in zip(layer.trainable_weights, moved[len(floats) :], strict=True):
            weight.assign(values)
        given = tree.rebuild(inputs, iter(moved)) if floats else tensors
        return total(layer, given, training).item()

    for place, (source, slope) in enumerate(zip(sources, slopes, strict=True)):
        direction = np.random.default_rng(place).normal(size=source.shape)
        numeric = (total_at(place, STEP * direction) - total_at(place, -STEP * direction)) / (
            2 * STEP
        )
        found = 0.0 if slope is None else float((slope.numpy() * direction).sum())
        np.testing.assert_allclose(found, numeric, rtol=2e-6, atol=2e-7, err_msg=f"source {place}")
    snapshot.restore()


def recorded(layer: layers.Layer, inputs: Any, training: bool = False) -> list[np.ndarray]:
    """The outputs of the layer recorded for any batch and run on the NumPy engine."""
    arrays = [np.asarray(leaf) for leaf in tree.leaves(inputs)]
    specs = [TensorSpec((None, *a.shape[1:]), st.constant(a).dtype) for a in arrays]
    trial = record(lambda *x: layer(tree.rebuild(inputs, iter(x)), training=training), specs)
    program = prepare(trial.graph, engine="numpy")
    return program.call([st.constant(array).data for array in arrays], trial.state())


def values(layer: layers.Layer, inputs: object, **options: object) -> np.ndarray:
    """The outputs of the layer as an array."""
    return layer(inputs, **options).numpy()
