"""Cases of the rules that try a new model out."""

import numpy as np

import steepest as st
from steepest.doctor.dependence import Dependence
from steepest.doctor.objective import loss_at_zero
from steepest.doctor.rules.signal import dependence_of
from steepest.doctor.short_runs import Learned, OneBatch, learned, one_batch
from steepest.doctor.start_facts import Start, start_of
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.networks import (
    BatchNormalization,
    Dense,
    Dropout,
    classes,
    curve,
    one_hot,
    plain,
    quantities,
    trained,
    two_classes,
)


def scaled(factor, *layers, **options):
    x, y = blobs(rows=120)
    return trained(x * np.float32(factor), y, *layers, **options)


def where(fact, value, facts):
    """Facts of which one is given, instead of computed."""
    facts.known[f"{fact.__module__}.{fact.__qualname__}"] = value
    return facts


def starting(facts, times=1.0, plus=0.0):
    """Facts of a new model whose loss is a multiple of that of a prediction of 0, plus a number."""
    return where(start_of, Start(loss=times * (loss_at_zero(facts) + plus)), facts)


def fitted(share=1.0, rows=16, facts=None):
    """Facts of a network that reaches a share of the best constant's loss on one batch."""
    batch = OneBatch(rows, 150, loss=share, prior=1.0)
    return where(one_batch, batch, facts or classes(*plain()))


CASES["E1"] = Cases(
    positive={
        "inputs in the thousands": lambda: scaled(2000, *plain(depth=2)),
        "a loss of 0": lambda: two_classes(*plain(1, "softmax"), loss="categorical_crossentropy"),
        "a summed loss": lambda: quantities(
            *plain(1, None), loss=st.losses.MeanSquaredError(reduction="sum")
        ),
    },
    negative={
        "scaled inputs": lambda: scaled(1, *plain(depth=2)),
        "normalized": lambda: scaled(2000, BatchNormalization(), *plain(depth=2)),
        "quantities": lambda: quantities(*plain(1, None, depth=3)),
        "small quantities": lambda: quantities(*plain(1, None), target=lambda y: 0.01 * y),
    },
    unchanged={
        "other units": (
            lambda: scaled(2000, *plain(depth=2)),
            lambda: scaled(30_000, *plain(depth=2)),
        ),
    },
    edges={
        "5 times log 3": (
            lambda: starting(classes(*plain()), 5.001),
            lambda: starting(classes(*plain()), 5.0),
        ),
        "5 times a loss of 1 more": (
            lambda: starting(quantities(*plain(1, None)), 5.001, plus=1.0),
            lambda: starting(quantities(*plain(1, None)), 5.0, plus=1.0),
        ),
        "a loss of 0": (
            lambda: starting(classes(*plain()), 0.0),
            lambda: starting(classes(*plain()), 1e-9),
        ),
        "a prediction of 0 that is not right": (
            lambda: starting(quantities(*plain(1, None), target=lambda y: 1e-3 + 0 * y), 99, 1.0),
            lambda: starting(quantities(*plain(1, None), target=lambda y: 0 * y), 99, 1.0),
        ),
    },
)


def of_28_weights():
    return classes(Dense(4, use_bias=False), Dense(3, "softmax", use_bias=False))


CASES["E2"] = Cases(
    positive={
        "softmax over one unit": lambda: two_classes(*plain(1, "softmax")),
        "out of reach": lambda: quantities(*plain(1, "relu"), target=lambda y: y - 5),
        "inputs times 0": lambda: one_hot(st.layers.Rescaling(0.0), *plain()),
        "equal units": lambda: quantities(
            *[Dense(16, "tanh", kernel_initializer="zeros") for _ in range(2)], Dense(1)
        ),
    },
    negative={
        "classes": lambda: classes(*plain()),
        "quantities": lambda: quantities(*plain(1, None)),
        "sigmoid layers": lambda: two_classes(*plain(1, "sigmoid", hidden="sigmoid", depth=2)),
        "much dropout": lambda: classes(Dense(64, "relu"), Dropout(0.5), Dense(3, "softmax")),
        "a slow optimizer": lambda: classes(*plain(), optimizer=st.optimizers.SGD(1e-6)),
    },
    unchanged={
        "another seed": (
            lambda: two_classes(*plain(1, "softmax")),
            lambda: two_classes(*plain(1, "softmax"), seed=1),
        ),
    },
    edges={
        "nine tenths of the loss": (lambda: fitted(0.91), lambda: fitted(0.9)),
        "2 rows": (lambda: fitted(rows=2), lambda: fitted(rows=1)),
        "more than 4 weights a row": (
            lambda: fitted(rows=6, facts=of_28_weights()),
            lambda: fitted(rows=7, facts=of_28_weights()),
        ),
    },
    offers={
        "another activation of one layer": (
            lambda: fitted(facts=classes(*plain(hidden="tanh"))),
            lambda: fitted(facts=classes(*plain(hidden="relu"))),
        ),
        "another activation of 3 layers": (
            lambda: fitted(facts=classes(*plain(hidden="tanh", depth=3))),
            lambda: fitted(facts=classes(*plain(hidden="tanh", depth=4))),
        ),
    },
)


def cut_off(layer, **options):
    """A network whose hidden layer lets nothing of the inputs through."""
    return classes(layer, *plain(), rows=120, **options)


def learning(facts=None, own=1.0, permuted=1.0, prior=1.0, held=1.0, rows=26, gain=0.0):
    """Facts of the short training: losses of its rows and of held-out ones, where a constant has 1.

    The held-out rows are better than the constant by a gain in standard errors, if there are 26.
    """
    gains = gain + 5.0 * np.tile([1.0, -1.0], rows)[:rows] if gain else np.zeros(rows)
    constant = np.ones(rows) * 10.0
    result = Learned(80, constant * held - gains, constant, own, permuted, prior)
    return where(learned, result, facts or classes(*plain()))


def depending(facts, is_found=True):
    """Facts of targets that simple models find to depend on the inputs, or not to."""
    return where(dependence_of, Dependence(0.01 if is_found else 0.9, 9.0, "linear", 60), facts)


def without_effect(share=1.0, is_found=True, **losses):
    return depending(fitted(share, facts=learning(**losses)), is_found)


CASES["E3"] = Cases(
    positive={
        "inputs times 0": lambda: cut_off(st.layers.Rescaling(0.0)),
        "inputs times almost 0": lambda: cut_off(st.layers.Rescaling(1e-12)),
        "softmax over one unit": lambda: two_classes(*plain(1, "softmax"), rows=120),
    },
    negative={
        "inputs as they are": lambda: cut_off(st.layers.Rescaling(1.0)),
        "random targets": lambda: noise(),
        "few rows": lambda: trained(*blobs(rows=20), st.layers.Rescaling(0.0), *plain()),
        "quantities": lambda: quantities(*plain(1, None)),
    },
    unchanged={
        "another seed": (
            lambda: cut_off(st.layers.Rescaling(0.0)),
            lambda: cut_off(st.layers.Rescaling(0.0), seed=1),
        ),
    },
    edges={
        "2% below the constant": (
            lambda: without_effect(own=0.981),
            lambda: without_effect(own=0.98),
        ),
        "20 held-out rows": (lambda: without_effect(rows=20), lambda: without_effect(rows=19)),
        "nine tenths of the loss on one batch": (
            lambda: without_effect(0.91),
            lambda: without_effect(0.9),
        ),
        "a dependence": (lambda: without_effect(), lambda: without_effect(is_found=False)),
    },
)


def noise(rows=200, seed=0, count=2, shift=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 4)).astype(np.float32) + np.float32(shift)
    return trained(x, random.integers(0, count, rows), *plain(count, width=32, depth=2))


def shuffled(seed=0):
    x, y = curve(200, seed)
    return trained(np.random.default_rng(9).permutation(x), y, *plain(1, None), loss="mse")


def rings(seed=0):
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, 300)
    angle, radius = random.uniform(0, 2 * np.pi, 300), 1.0 + y + 0.1 * random.normal(size=300)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype(np.float32)
    return trained(x, y, *plain(1, "sigmoid"), loss="binary_crossentropy")


def by_heart(is_found=False, own=0.5, permuted=0.6, **losses):
    return depending(learning(own=own, permuted=permuted, **losses), is_found)


CASES["E5"] = Cases(
    positive={
        "random classes": lambda: noise(),
        "few rows of them": lambda: noise(rows=50),
        "rows of x in another order": shuffled,
    },
    negative={
        "classes": lambda: classes(*plain(), rows=120),
        "quantities": lambda: quantities(*plain(1, None), rows=200),
        "rings": rings,
        "too few rows to say": lambda: noise(rows=20),
    },
    unchanged={
        "a constant added": (lambda: noise(), lambda: noise(shift=0.5)),
        "another seed": (lambda: noise(), lambda: noise(seed=3)),
    },
    edges={
        "a gain of 2 standard errors": (lambda: by_heart(gain=1.99), lambda: by_heart(gain=2.0)),
        "half of what the true targets gain": (
            lambda: by_heart(permuted=0.74),
            lambda: by_heart(permuted=0.75),
        ),
        "20 held-out rows": (lambda: by_heart(rows=20), lambda: by_heart(rows=19)),
        "no dependence": (lambda: by_heart(), lambda: by_heart(is_found=True)),
        "a loss of permuted targets": (by_heart, lambda: by_heart(permuted=np.nan)),
    },
)


def behind_line(**losses):
    return learning(classes(*plain(), rows=200), **losses)


CASES["E9"] = Cases(
    positive={
        "inputs times 0": lambda: cut_off(st.layers.Rescaling(0.0)),
        "softmax over one unit": lambda: two_classes(*plain(1, "softmax"), rows=200),
        "a line, and inputs times 0": lambda: trained(
            curve(400)[0],
            curve(400)[0][:, 0],
            st.layers.Rescaling(0.0),
            *plain(1, None),
            loss="mse",
        ),
    },
    negative={
        "classes": lambda: classes(*plain(), rows=120),
        "quantities": lambda: quantities(*plain(1, None), rows=200),
        "rings": rings,
        "random classes": lambda: noise(),
    },
    unchanged={
        "another seed": (
            lambda: cut_off(st.layers.Rescaling(0.0)),
            lambda: cut_off(st.layers.Rescaling(0.0), seed=1),
        ),
    },
    edges={
        "nine tenths of the loss of held-out rows": (
            lambda: behind_line(held=0.91),
            lambda: behind_line(held=0.9),
        ),
        "nine tenths of the loss of its own rows": (
            lambda: behind_line(own=0.9),
            lambda: behind_line(own=0.89),
        ),
        "20 held-out rows": (lambda: behind_line(rows=20), lambda: behind_line(rows=19)),
        "a linear model that is better": (lambda: behind_line(), lambda: learning(noise())),
    },
)


class Unused(st.layers.Layer):
    """Has a weight that it does not use."""

    def build(self, input_shape):
        """Creates the weight."""
        self.scale = self.add_weight("scale", (1,), "ones")

    def call(self, inputs):
        """The inputs."""
        return inputs


def dead(seed=0, bias=-50.0):
    options = {"bias_initializer": st.initializers.Constant(bias)}
    return classes(Dense(8, "relu", **options), Dense(3, "softmax"), seed=seed)


CASES["E7"] = Cases(
    positive={
        "a weight that is not used": lambda: classes(Unused(), *plain()),
        "rectifiers below 0": dead,
        "softmax over one unit": lambda: two_classes(*plain(1, "softmax")),
    },
    negative={
        "usual": lambda: classes(*plain(depth=2)),
        "zeros in the last layer": lambda: classes(
            Dense(8, "relu"), Dense(3, "softmax", kernel_initializer="zeros")
        ),
        "a frozen layer": lambda: classes(Dense(8, "relu", trainable=False), *plain()),
    },
    unchanged={
        "another seed": (dead, lambda: dead(seed=1)),
        "a lower bias": (dead, lambda: dead(bias=-80.0)),
    },
)


def loss_with(factor):
    """Squared error whose derivative is multiplied by a factor."""

    @st.custom_gradient
    def squared(difference):
        return difference**2, lambda slope: slope * 2 * difference * factor

    def squared_error(y_true, y_pred):
        return st.reduce_mean(squared(y_pred - y_true), axis=-1)

    return squared_error


class Doubled(st.layers.Layer):
    """Multiplies by 2, with a derivative of its own."""

    def __init__(self, slope=2.0, **options):
        super().__init__(**options)
        self.slope = slope

    def call(self, inputs):
        """Twice the inputs."""
        twice = st.custom_gradient(lambda x: (x * 2.0, lambda slope: slope * self.slope))
        return twice(inputs)


CASES["E4"] = Cases(
    positive={
        "a loss of the wrong sign": lambda: quantities(*plain(1, None), loss=loss_with(-1.0)),
        "a loss of half the slope": lambda: quantities(*plain(1, None), loss=loss_with(0.5)),
        "a layer": lambda: classes(Doubled(1.0), *plain()),
    },
    negative={
        "a right loss": lambda: quantities(*plain(1, None), loss=loss_with(1.0)),
        "a right layer": lambda: classes(Doubled(2.0), *plain()),
        "no part of a user": lambda: classes(*plain()),
    },
    unchanged={
        "another seed": (
            lambda: quantities(*plain(1, None), loss=loss_with(-1.0)),
            lambda: quantities(*plain(1, None), loss=loss_with(-1.0), seed=2),
        ),
    },
)


class Always(st.layers.Layer):
    """Dropout that does not stop in evaluation."""

    def __init__(self, rate=0.5, **options):
        super().__init__(**options)
        self.rate = rate
        self.dropout = st.layers.Dropout(rate)

    def call(self, inputs):
        """The inputs without some."""
        return self.dropout(inputs, training=True)


CASES["E8"] = Cases(
    positive={
        "dropout": lambda: classes(Always(), *plain()),
        "little dropout": lambda: classes(Dense(32, "relu"), Always(0.1), Dense(3, "softmax")),
        "quantities": lambda: quantities(Dense(16, "relu"), Always(), Dense(1)),
    },
    negative={
        "usual": lambda: classes(*plain()),
        "dropout in training": lambda: classes(Dense(8, "relu"), Dropout(0.5), Dense(3, "softmax")),
        "normalized": lambda: classes(Dense(8), BatchNormalization(), *plain()),
    },
    unchanged={
        "another rate": (
            lambda: classes(Always(0.5), *plain()),
            lambda: classes(Always(0.3), *plain()),
        ),
    },
)
