"""Cases of the rules on the inside of a network in training."""

import numpy as np

import steepest as st
from steepest.doctor.records import LayerRecord
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import (
    HEALTHY,
    falling,
    network,
    trained,
    usual_layer,
    with_course,
    with_records,
)

FLAT = [1.1, 1.1, 1.1]


def deep(activation="sigmoid", seed=0, hidden=8):
    return trained(network(hidden, activation, rate=0.1), *blobs(120, seed=seed))


def gradients(first, hidden=2, activation="sigmoid", loss=FLAT, last=1.0, weak=5, sizes=(1.0, 1.0)):
    """Records of which the last `weak` of five have a given gradient of the first kernel.

    `sizes` are those of the first and of the last kernel.
    """

    def kernel(at, number):
        gradient = first if at == 0 and number >= 5 - weak else last if at == hidden else 1.0
        return sizes[at == hidden], gradient, 0.001

    return with_records(network(hidden, activation), list(loss), kernel)


def without_losses(facts):
    facts.history.history.clear()
    return facts


def begun(facts, count):
    """Facts with the first records alone; the first of four is in the first quarter."""
    del facts.records[count:]
    return facts


CASES["T7"] = Cases(
    positive={
        "eight layers of sigmoid": deep,
        "a millionth": lambda: gradients(1e-6),
        "with relu": lambda: gradients(1e-5, activation="relu"),
    },
    negative=HEALTHY
    | {
        "a tenth": lambda: gradients(0.1),
        "one layer": lambda: trained(network(0), *blobs(120)),
    },
    unchanged={"another seed": (deep, lambda: deep(seed=3))},
    edges={
        "a hundredth, where the loss does not fall": (
            lambda: gradients(0.0099),
            lambda: gradients(0.01),
        ),
        "a thousandth, where it falls": (
            lambda: gradients(0.00099, loss=[1.0, 0.5]),
            lambda: gradients(0.001, loss=[1.0, 0.5]),
        ),
        "a loss that falls by 5 %": (
            lambda: gradients(0.005, loss=[20.0, 40.0, 19.125]),
            lambda: gradients(0.005, loss=[20.0, 40.0, 19.0]),
        ),
        "one epoch": (lambda: gradients(0.0099, loss=[1.0]), lambda: gradients(0.01, loss=[1.0])),
        "a thousandth, of a training without losses": (
            lambda: without_losses(gradients(0.00099)),
            lambda: without_losses(gradients(0.001)),
        ),
        "three records": (lambda: begun(gradients(1e-4), 4), lambda: begun(gradients(1e-4), 3)),
        "two kernels": (lambda: gradients(1e-4, hidden=1), lambda: gradients(1e-4, hidden=0)),
        "the median of four records": (
            lambda: gradients(1e-4, weak=3),
            lambda: gradients(1e-4, weak=2),
        ),
        "relative to the size of the first kernel": (
            lambda: gradients(0.1, sizes=(16.0, 1.0)),
            lambda: gradients(0.001, sizes=(0.0625, 1.0)),
        ),
        "relative to the size of the last kernel": (
            lambda: gradients(0.1, sizes=(1.0, 0.0625)),
            lambda: gradients(0.001, sizes=(1.0, 16.0)),
        ),
        "a first kernel that is not 0": (
            lambda: gradients(1e-4),
            lambda: gradients(1e-4, sizes=(0.0, 1.0)),
        ),
        "a last kernel that is not 0": (
            lambda: gradients(1e-4),
            lambda: gradients(1e-4, sizes=(1.0, 0.0)),
        ),
        "a last kernel with a gradient": (
            lambda: gradients(1e-4),
            lambda: gradients(1e-4, last=0.0),
        ),
    },
    offers={
        "another activation of 3 layers": (
            lambda: gradients(1e-4, hidden=3),
            lambda: gradients(1e-4, hidden=4),
        ),
        "another activation than relu": (
            lambda: gradients(1e-4),
            lambda: gradients(1e-4, activation="relu"),
        ),
    },
)


def layered(activation="relu", hidden=1, loss=FLAT, start=0.1, **shares):
    """Records of which the first is usual and the others have given shares."""

    def layer(name, at, number):
        given = {"dead": start, "constant": 0.1, "saturated": 0.05, **(shares if number else {})}
        return LayerRecord(name, 0.5, 1.0, **given)

    return with_records(network(hidden, activation), list(loss), layers=layer)


def killed(seed=0, rate=20.0):
    model = network(1, rate=rate, units=16)
    x, y = blobs(120, seed=seed)
    return trained(model, x, y, epochs=5, every=2)


CASES["T9"] = Cases(
    positive={
        "all units": lambda: layered(dead=1.0),
        "six of ten": lambda: layered(dead=0.6, hidden=2),
        "three layers": lambda: layered(dead=0.9, hidden=3),
    },
    negative=HEALTHY
    | {
        "a third": lambda: layered(dead=0.3),
        "of tanh": lambda: layered("tanh", dead=0.9),
    },
    unchanged={"another depth": (lambda: layered(dead=0.9), lambda: layered(dead=0.9, hidden=2))},
    edges={
        "three records": (
            lambda: begun(layered(dead=0.9), 4),
            lambda: begun(layered(dead=0.9), 3),
        ),
        "half of the units": (lambda: layered(dead=0.51), lambda: layered(dead=0.5)),
        "more than at the start": (
            lambda: layered(dead=0.75, start=0.74),
            lambda: layered(dead=0.75, start=0.75),
        ),
    },
    offers={
        "another activation of 3 layers": (
            lambda: layered(dead=0.9, hidden=3),
            lambda: layered(dead=0.9, hidden=4),
        ),
    },
)


def unscaled(seed=0, scale=200.0):
    x, y = blobs(120, seed=seed)
    return trained(network(1, "tanh", rate=1e-3), x * np.float32(scale), y)


CASES["T10"] = Cases(
    positive={
        "unscaled inputs": unscaled,
        "of sigmoid": lambda: layered("sigmoid", saturated=0.9),
        "two layers": lambda: layered("tanh", hidden=2, saturated=0.7),
    },
    negative=HEALTHY
    | {
        "a fifth": lambda: layered("tanh", saturated=0.2),
        "with a loss that falls": lambda: layered("tanh", saturated=0.9, loss=falling(end=0.01)),
        "of relu": lambda: layered("relu", saturated=None),
    },
    unchanged={"another seed": (unscaled, lambda: unscaled(seed=3))},
    edges={
        "three records": (
            lambda: begun(layered("tanh", saturated=0.9), 4),
            lambda: begun(layered("tanh", saturated=0.9), 3),
        ),
        "half of the outputs": (
            lambda: layered("tanh", saturated=0.51),
            lambda: layered("tanh", saturated=0.5),
        ),
        "a tenth of the first loss": (
            lambda: layered("tanh", saturated=0.9, loss=[10.0, 1.0]),
            lambda: layered("tanh", saturated=0.9, loss=[10.0, 0.99]),
        ),
    },
)


def deviations(ratio, hidden=3, lowest=1.0):
    """Records of deviations that rise by a ratio; `lowest` is the first layer's at the end."""

    def layer(name, at, number):
        size = lowest if at == 0 and number == 4 else float(ratio**at)
        return LayerRecord(name, 0.0, size, 0.0, 0.0)

    return with_records(network(hidden), FLAT, layers=layer)


def drawn(scale, seed=0):
    initial = st.initializers.RandomNormal(stddev=scale)
    model = network(4, rate=1e-9, kernel_initializer=initial)
    return trained(model, *blobs(120, seed=seed))


CASES["T11"] = Cases(
    positive={
        "small weights": lambda: drawn(0.01),
        "growing": lambda: deviations(20.0),
        "shrinking": lambda: deviations(0.05),
    },
    negative=HEALTHY
    | {
        "about equal": lambda: deviations(1.5),
        "one layer": lambda: deviations(1e3, hidden=1),
    },
    unchanged={"another seed": (lambda: drawn(0.01), lambda: drawn(0.01, seed=6))},
    edges={
        "three records": (lambda: begun(deviations(20.0), 4), lambda: begun(deviations(20.0), 3)),
        "100 times as much": (
            lambda: deviations(101.0, hidden=2),
            lambda: deviations(100.0, hidden=2),
        ),
        "a hundredth": (lambda: deviations(0.0099, hidden=2), lambda: deviations(0.01, hidden=2)),
        "two layers": (lambda: deviations(1e3, hidden=2), lambda: deviations(1e3, hidden=1)),
        "a first layer that varies": (
            lambda: deviations(1e3, lowest=1e-9),
            lambda: deviations(1e3, lowest=0.0),
        ),
    },
)


def unused(seed=0):
    """A layer whose output is multiplied by 0."""
    inputs = st.Input((4,))
    used = st.layers.Dense(8, "relu")(inputs)
    rest = st.layers.Rescaling(0.0)(st.layers.Dense(8, "relu", name="rest")(inputs))
    outputs = st.layers.Dense(3, "softmax")(st.layers.Add()([used, rest]))
    model = st.Model(inputs, outputs)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return trained(model, *blobs(120, seed=seed))


def without_gradient(count):
    model = network(2)
    return with_records(model, FLAT, lambda at, n: (1.0, 0.0 if at < count else 1.0, 0.0))


CASES["T12"] = Cases(
    positive={
        "a branch times 0": unused,
        "one of three": lambda: without_gradient(1),
        "all of them": lambda: without_gradient(3),
    },
    negative=HEALTHY
    | {
        "all have one": lambda: without_gradient(0),
        "without records": lambda: with_course(falling()),
    },
    unchanged={"another seed": (unused, lambda: unused(seed=2))},
)


def penalised(penalty, loss=0.5, hidden=1, **options):
    options = options or {"kernel_regularizer": st.regularizers.L2(1.0)}
    model = network(hidden, **options)
    return with_records(model, [1.0, loss], layers=usual_layer, penalty=penalty)


def heavy_penalty(seed=0):
    model = network(1, rate=0.01, units=64, kernel_regularizer=st.regularizers.L2(1.0))
    return trained(model, *blobs(120, seed=seed), epochs=3)


CASES["T14"] = Cases(
    positive={
        "twice the loss": lambda: penalised(1.0),
        "by L1": lambda: penalised(3.0, kernel_regularizer=st.regularizers.L1(0.1)),
        "an L2 of 1": heavy_penalty,
    },
    negative=HEALTHY
    | {
        "a tenth of the loss": lambda: penalised(0.05),
        "without a penalty": lambda: penalised(0.0, units=8),
    },
    unchanged={"another seed": (heavy_penalty, lambda: heavy_penalty(seed=1))},
    edges={
        "three records": (lambda: begun(penalised(1.0), 4), lambda: begun(penalised(1.0), 3)),
        "the loss": (lambda: penalised(0.51), lambda: penalised(0.5)),
    },
    offers={
        "3 layers without a penalty": (
            lambda: penalised(1.0, hidden=3),
            lambda: penalised(1.0, hidden=4),
        ),
        "a layer with a penalty on its kernel": (
            lambda: penalised(1.0),
            lambda: penalised(1.0, bias_regularizer=st.regularizers.L2(1.0)),
        ),
    },
)
