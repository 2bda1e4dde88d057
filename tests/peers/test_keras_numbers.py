"""The numbers of Keras, on random and on extreme inputs, wherever Keras's are sane.

Left out are the inputs where Keras gives NaN and the truth is a number: predictions of nothing
but zeros in a categorical loss, targets beyond 1e30, empty batches.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import steepest as st

Peer = Callable[[str], ModuleType]
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
rng = np.random.default_rng(17)


def array(values: Any) -> np.ndarray:
    return np.asarray(values, "float32")


def close(ours: Any, theirs: Any, digits: float = 2e-5) -> None:
    found, wanted = (np.asarray(value, "float64") for value in (ours, theirs))
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=digits, atol=digits * 0.1)


INPUTS = {
    "random": array(rng.normal(size=(4, 6))),
    "zeros": np.zeros((4, 6), "float32"),
    "from -100 to 100": array(np.linspace(-100, 100, 24).reshape(4, 6)),
    "1e30": np.full((4, 6), 1e30, "float32"),
    "-1e30": np.full((4, 6), -1e30, "float32"),
    "infinity": np.full((4, 6), np.inf, "float32"),
    "minus infinity": np.full((4, 6), -np.inf, "float32"),
    "mixed": array([[0, 1e30, -1e30, 1, -1, 1e-30]] * 4),
    "no rows": np.zeros((0, 6), "float32"),
}
ACTIVATIONS = [
    name for name in st.activations.__all__
    if name not in ("get", "logits_of", "serialize", "deserialize", "threshold", "sparsemax")
]  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("which", INPUTS)
def test_activations(name: str, which: str, peer: Peer) -> None:
    keras = peer("keras")
    x = INPUTS[which]
    with np.errstate(all="ignore"):
        ours = getattr(st.activations, name)(x)
        close(ours, getattr(keras.activations, name)(keras.ops.convert_to_tensor(x)))


SLOPES = {
    "relu": [{"negative_slope": 0.1}, {"max_value": 0.5}, {"threshold": 0.3},
             {"negative_slope": 0.2, "max_value": 1.0, "threshold": 0.4}],
    "gelu": [{"approximate": True}],
    "leaky_relu": [{"negative_slope": 0.4}],
    "elu": [{"alpha": 0.5}],
    "celu": [{"alpha": 0.5}],
    "squareplus": [{"b": 2.0}],
    "threshold": [{"threshold": 0.5, "default_value": 7.0}],
    "softmax": [{"axis": 0}],
    "log_softmax": [{"axis": 0}],
    "glu": [{"axis": 0}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options"), [(name, each) for name, several in SLOPES.items() for each in several]
)
def test_activations_with_options(name: str, options: dict[str, Any], peer: Peer) -> None:
    keras = peer("keras")
    x = INPUTS["random"]
    close(getattr(st.activations, name)(x, **options),
          getattr(keras.activations, name)(keras.ops.convert_to_tensor(x), **options))  # fmt: skip


# ---------------------------------------------------------------- losses

NORMAL = array(rng.normal(size=(5, 3)))
SHARES = array(np.exp(NORMAL) / np.exp(NORMAL).sum(1, keepdims=True))
ONE_HOT = np.eye(3, dtype="float32")[[0, 1, 2, 1, 0]]
PREDICTIONS = {
    "shares": SHARES,
    "loose": array(rng.uniform(0.01, 0.99, size=(5, 3))),
    "sure": ONE_HOT[::-1].copy(),
    "ones": np.ones((5, 3), "float32"),
}
LOGITS = {"normal": NORMAL, "wide": 30 * NORMAL, "flat": np.zeros((5, 3), "float32")}
TARGETS = {
    "one-hot": ONE_HOT,
    "soft": SHARES[::-1].copy(),
    "ones": np.ones((5, 3), "float32"),
    "nothing": np.zeros((5, 3), "float32"),
}
WEIGHTS = [None, array([1, 2, 0, 0.5, 3]), np.zeros(5, "float32")]
REDUCTIONS = ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"]
CLASSES: dict[str, list[dict[str, Any]]] = {
    "MeanSquaredError": [{}],
    "MeanAbsoluteError": [{}],
    "MeanAbsolutePercentageError": [{}],
    "MeanSquaredLogarithmicError": [{}],
    "Huber": [{}, {"delta": 0.3}],
    "LogCosh": [{}],
    "Poisson": [{}],
    "CosineSimilarity": [{}, {"axis": 0}],
    "KLDivergence": [{}],
    "Hinge": [{}],
    "SquaredHinge": [{}],
    "CategoricalHinge": [{}],
    "BinaryCrossentropy": [
        {}, {"label_smoothing": 0.2}, {"axis": 0}, {"from_logits": True},
        {"from_logits": True, "label_smoothing": 1.0},
    ],
    "CategoricalCrossentropy": [
        {}, {"label_smoothing": 0.2}, {"axis": 0}, {"from_logits": True},
        {"from_logits": True, "label_smoothing": 0.1},
    ],
    "BinaryFocalCrossentropy": [
        {}, {"gamma": 0.0}, {"label_smoothing": 0.2},
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.0},
    ],
    "CategoricalFocalCrossentropy": [
        {}, {"alpha": 0.5, "gamma": 1.0}, {"alpha": [0.1, 0.2, 0.7]}, {"label_smoothing": 0.1},
        {"axis": 0}, {"from_logits": True},
    ],
    "Dice": [{}, {"axis": -1}, {"axis": [0]}],
    "Tversky": [{}, {"axis": -1}],
}  # fmt: skip


def loss_cases() -> list[Any]:
    return [
        pytest.param(name, options, reduction, id=f"{name} {options} {reduction}")
        for name, several in CLASSES.items()
        for options in several
        for reduction in REDUCTIONS
    ]


@pytest.mark.parametrize(("name", "options", "reduction"), loss_cases())
def test_losses(name: str, options: dict[str, Any], reduction: str, peer: Peer) -> None:
    keras = peer("keras")
    ours = getattr(st.losses, name)(reduction=reduction, **options)
    theirs = getattr(keras.losses, name)(reduction=reduction, **options)
    predictions = LOGITS if options.get("from_logits") else PREDICTIONS
    whole = options.get("axis", -1) in (0, None, [0]) or name in ("Dice", "Tversky")
    for y, p in itertools.product(TARGETS.values(), predictions.values()):
        for weights in WEIGHTS[:1] if whole else WEIGHTS:
            close(ours(y, p, weights), theirs(y, p, weights), 1e-4)


LABELS = {
    "numbers": np.array([0, 1, 2, 1, 0]),
    "a column": np.array([[0], [1], [2], [1], [0]]),
    "fractions": array([0, 1, 2, 1, 0]),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "options", [{}, {"from_logits": True}, {"ignore_class": 1},
                {"from_logits": True, "ignore_class": 0}, {"ignore_class": 7}], ids=str
)  # fmt: skip
def test_sparse_categorical_crossentropy(
    options: dict[str, Any], reduction: str, peer: Peer
) -> None:
    keras = peer("keras")
    ours = st.losses.SparseCategoricalCrossentropy(reduction=reduction, **options)
    theirs = keras.losses.SparseCategoricalCrossentropy(reduction=reduction, **options)
    predictions = LOGITS if options.get("from_logits") else PREDICTIONS
    for y, p in itertools.product(LABELS.values(), predictions.values()):
        for weights in WEIGHTS:
            close(ours(y, p, weights), theirs(y, p, weights), 1e-4)


def test_generalized_crossentropy(peer: Peer) -> None:
    keras = peer("keras")
    options = {"q": 0.3, "reduction": "none"}
    ours = st.losses.CategoricalGeneralizedCrossEntropy(**options)
    theirs = keras.losses.CategoricalGeneralizedCrossEntropy(**options)
    close(ours(LABELS["numbers"], SHARES), theirs(LABELS["numbers"], SHARES), 1e-4)


# ---------------------------------------------------------------- layers

FLAT, CUBE = array(rng.normal(size=(5, 4))), array(rng.normal(size=(5, 3, 4)))
COUNTS = np.array([[0, 2, 2], [1, 3, 0]])
LAYERS: list[tuple[str, dict[str, Any], Any]] = [
    ("Dense", {"units": 3}, FLAT),
    ("Dense", {"units": 3, "activation": "gelu", "use_bias": False}, CUBE),
    ("Dense", {"units": 3}, np.arange(20).reshape(5, 4)),
    ("Embedding", {"input_dim": 7, "output_dim": 3}, np.array([[1, 2], [0, 6]])),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.3}, FLAT),
    ("LeakyReLU", {}, FLAT),
    ("PReLU", {}, CUBE),
    ("PReLU", {"shared_axes": [1]}, CUBE),
    ("ELU", {"alpha": 0.5}, FLAT),
    ("Softmax", {"axis": 1}, CUBE),
    ("Flatten", {}, CUBE),
    ("Reshape", {"target_shape": (2, -1)}, CUBE),
    ("Permute", {"dims": (2, 1)}, CUBE),
    ("RepeatVector", {"n": 3}, FLAT),
    ("LayerNormalization", {}, FLAT),
    ("LayerNormalization", {"axis": (1, -1), "epsilon": 0.1}, CUBE),
    ("LayerNormalization", {"axis": 1, "center": False}, CUBE),
    ("RMSNormalization", {}, CUBE),
    ("GroupNormalization", {"groups": 2}, FLAT),
    ("GroupNormalization", {"groups": 2}, CUBE),
    ("GroupNormalization", {"groups": 3, "axis": 1, "scale": False}, CUBE),
    ("GroupNormalization", {"groups": -1}, CUBE),
    ("UnitNormalization", {}, CUBE),
    ("UnitNormalization", {"axis": 1}, CUBE),
    ("BatchNormalization", {}, FLAT),
    ("BatchNormalization", {"axis": 1, "momentum": 0.5, "epsilon": 0.1}, CUBE),
    ("BatchNormalization", {"center": False, "scale": False}, CUBE),
    ("GlobalAveragePooling1D", {}, CUBE),
    ("GlobalMaxPooling1D", {"keepdims": True}, CUBE),
    ("Rescaling", {"scale": 2.0, "offset": -1.0}, FLAT),
    ("Add", {}, [FLAT, FLAT[:, :1].copy()]),
    ("Subtract", {}, [FLAT, FLAT[::-1].copy()]),
    ("Multiply", {}, [FLAT, FLAT, FLAT]),
    ("Average", {}, [CUBE, CUBE[:, :1].copy()]),
    ("Maximum", {}, [FLAT, FLAT[::-1].copy()]),
    ("Minimum", {}, [FLAT, FLAT[::-1].copy()]),
    ("Concatenate", {"axis": 1}, [CUBE, CUBE[:, :2].copy()]),
    ("Dot", {"axes": 1}, [FLAT, FLAT[::-1].copy()]),
    ("Dot", {"axes": 1, "normalize": True}, [FLAT, FLAT[::-1].copy()]),
    ("Dot", {"axes": (2, 1)}, [CUBE, np.swapaxes(CUBE, 1, 2).copy()]),
    ("CategoryEncoding", {"num_tokens": 4}, COUNTS),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, COUNTS),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, COUNTS[0]),
    ("Discretization", {"bin_boundaries": [-0.5, 0.0, 0.5]}, FLAT),
    ("Discretization", {"bin_boundaries": [-0.5, 0.5], "output_mode": "count"}, FLAT),
    ("IntegerLookup", {"vocabulary": [5, 9, 2]}, np.array([[5, 2, 9], [2, 5, 5]])),
    ("Normalization", {"mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 4.0, 2.0, 9.0]}, FLAT),
    ("Normalization", {"mean": 1.0, "variance": 4.0, "invert": True}, FLAT),
]


def shaken(layer: Any) -> None:
    """Sets the weights of a layer to new values, the same for both libraries."""
    generator = np.random.default_rng(1)
    layer.set_weights([
        array(np.abs(generator.normal(size=w.shape)) + 0.3) for w in layer.get_weights()
    ])


@pytest.mark.parametrize("place", range(len(LAYERS)), ids=[f"{n} {o}" for n, o, _ in LAYERS])
def test_layers(place: int, peer: Peer) -> None:
    keras = peer("keras")
    name, options, x = LAYERS[place]
    given = [getattr(library.layers, name)(**options) for library in (st, keras)]
    for layer in given:
        layer(x)
        if name != "Normalization":  # whose mean is no weight in Keras
            shaken(layer)
    ours, theirs = given
    close(ours(x), theirs(x), 1e-4)
    if name == "BatchNormalization":
        close(ours(x, training=True), theirs(x, training=True), 1e-4)
        for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            close(mine, other, 1e-4)


@pytest.mark.parametrize("axis", [-1, None, 1])
def test_normalization_learns_the_same(axis: int | None, peer: Peer) -> None:
    keras = peer("keras")
    found = []
    for library in (st, keras):
        layer = library.layers.Normalization(axis=axis)
        layer.adapt(CUBE)
        found.append(layer(CUBE))
    close(*found, 1e-4)


# ---------------------------------------------------------------- weights and rates

MATRIX = array(rng.normal(size=(4, 3)))


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e10])
@pytest.mark.parametrize(
    ("space", "name", "options"),
    [
        ("regularizers", "L1", {}),
        ("regularizers", "L2", {}),
        ("regularizers", "L1L2", {"l1": 0.1, "l2": 0.2}),
        ("regularizers", "OrthogonalRegularizer", {}),
        ("regularizers", "OrthogonalRegularizer", {"mode": "columns", "factor": 0.5}),
        ("constraints", "MaxNorm", {}),
        ("constraints", "MaxNorm", {"max_value": 0.5, "axis": [0, 1]}),
        ("constraints", "NonNeg", {}),
        ("constraints", "UnitNorm", {"axis": 1}),
        ("constraints", "MinMaxNorm", {"min_value": 0.5, "max_value": 0.7, "rate": 0.3}),
    ],
)
def test_regularizers_and_constraints(
    space: str, name: str, options: dict[str, Any], scale: float, peer: Peer
) -> None:
    keras = peer("keras")
    w = array(MATRIX * scale)
    ours = getattr(getattr(st, space), name)(**options)(w)
    theirs = getattr(getattr(keras, space), name)(**options)(keras.ops.convert_to_tensor(w))
    close(ours, theirs)


FALL = {"initial_learning_rate": 0.1, "decay_steps": 10}
SCHEDULES = [
    ("ExponentialDecay", {**FALL, "decay_rate": 0.5}),
    ("ExponentialDecay", {**FALL, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {**FALL, "decay_rate": 0.5}),
    ("InverseTimeDecay", {**FALL, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [5, 10, 20], "values": [0.1, 0.2, 0.3, 0.4]}),
    ("PolynomialDecay", FALL),
    ("PolynomialDecay", {**FALL, "power": 2.0, "cycle": True}),
    ("CosineDecay", {**FALL, "alpha": 0.1}),
    ("CosineDecay", {**FALL, "warmup_target": 0.3, "warmup_steps": 5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10,
                             "t_mul": 1.5, "m_mul": 0.5, "alpha": 0.1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_schedules(name: str, options: dict[str, Any], peer: Peer) -> None:
    theirs = getattr(peer("keras").optimizers.schedules, name)(**options)
    ours = getattr(st.schedules, name)(**options)
    for step in (0, 1, 2, 5, 9, 10, 11, 19, 20, 25, 30, 100, 1000):
        close(ours(step), theirs(step))


@pytest.mark.parametrize(
    "name",
    "GlorotUniform GlorotNormal HeNormal HeUniform LecunNormal LecunUniform RandomNormal "
    "RandomUniform TruncatedNormal Orthogonal".split(),
)
@pytest.mark.parametrize("shape", [(300, 200), (200, 300)])
def test_initializers_spread_alike(name: str, shape: tuple[int, int], peer: Peer) -> None:
    ours, theirs = (
        np.asarray(getattr(library.initializers, name)(seed=1)(shape))
        for library in (st, peer("keras"))
    )
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.15)
