"""Cases of the rules on learning rates and schedules."""

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import BatchNormalization, Dense, classes, plain, quantities

SGD, Adam = st.optimizers.SGD, st.optimizers.Adam


def by(optimizer, epochs=50, **options):
    return classes(*plain(width=32), optimizer=optimizer, epochs=epochs, rows=120, **options)


def linear(optimizer, scale=1.0, **options):
    return quantities(
        st.layers.Rescaling(scale), Dense(1), optimizer=optimizer, epochs=50, **options
    )


CASES["S13"] = Cases(
    positive={
        "gradient descent at 30": lambda: by(SGD(30.0)),
        "large inputs": lambda: linear(SGD(0.1), scale=100.0),
        "hardly any step": lambda: by(SGD(1e-5)),
        "Adam at 1": lambda: by(Adam(1.0)),
        "Adam at 1e-6": lambda: by(Adam(1e-6)),
        "a rate that takes a thousand epochs": lambda: by(Adam(1e-5), epochs=1),
        "a rate that takes more": lambda: by(Adam(9.9e-6), epochs=1),
    },
    negative={
        "gradient descent at 0.1": lambda: by(SGD(0.1)),
        "with momentum": lambda: by(SGD(0.01, momentum=0.9)),
        "Adam": lambda: by(Adam()),
        "Adam at 0.01": lambda: by(Adam(0.01)),
        "a small rate, and epochs that are not known": lambda: classes(
            *plain(), optimizer=Adam(1e-6)
        ),
        "normalized": lambda: classes(
            Dense(16), BatchNormalization(), *plain(), optimizer=SGD(0.1), epochs=50
        ),
    },
    unchanged={
        "another seed": (lambda: by(SGD(30.0)), lambda: by(SGD(30.0), seed=3)),
        "a constant added": (
            lambda: linear(SGD(0.1), 100.0),
            lambda: linear(SGD(0.1), 100.0, target=lambda y: y + 1),
        ),
    },
)

CASES["E6"] = Cases(
    positive={
        "gradient descent at 30": lambda: by(SGD(30.0)),
        "gradient descent at 1": lambda: quantities(*plain(1, None), optimizer=SGD(1.0)),
        "Adam at 2": lambda: quantities(*plain(1, None, depth=2), optimizer=Adam(2.0)),
    },
    negative={
        "gradient descent at 0.1": lambda: by(SGD(0.1)),
        "Adam at 0.01": lambda: by(Adam(0.01)),
        "a schedule": lambda: by(SGD(st.schedules.CosineDecay(30.0, 100))),
    },
    unchanged={
        "another seed": (lambda: by(SGD(30.0)), lambda: by(SGD(30.0), seed=3)),
    },
)


CASES["S33"] = Cases(
    positive={
        "gradient descent at 0.999": lambda: by(SGD(0.01, momentum=0.999)),
        "0.99 and few updates": lambda: by(SGD(0.01, momentum=0.99), epochs=20),
        "Nesterov": lambda: by(SGD(0.01, momentum=0.999, nesterov=True)),
        "Adam at 0.9999": lambda: by(Adam(0.01, beta_1=0.9999)),
    },
    negative={
        "the usual momentum": lambda: by(SGD(0.01, momentum=0.9), epochs=2),
        "none": lambda: by(SGD(0.01), epochs=2),
        "0.99 and many updates": lambda: by(SGD(0.01, momentum=0.99), epochs=500),
        "Adam by its defaults": lambda: by(Adam(0.01), epochs=2),
        "epochs that are not known": lambda: classes(*plain(), optimizer=SGD(0.01, momentum=0.999)),
    },
    unchanged={
        "another rate": (
            lambda: by(SGD(0.01, momentum=0.999)),
            lambda: by(SGD(0.1, momentum=0.999)),
        ),
        "another seed": (
            lambda: by(SGD(0.01, momentum=0.999)),
            lambda: by(SGD(0.01, momentum=0.999), seed=3),
        ),
    },
)


def scheduled(schedule, epochs=50, **options):
    return by(Adam(schedule), epochs, **options)


def falling(first, last, after, epochs=3, **options):
    """Four updates an epoch, at a first rate, and at a last one after so many."""
    schedule = st.schedules.PiecewiseConstantDecay([after - 1], [first, last])
    return scheduled(schedule, epochs, **options)


CASES["S18"] = Cases(
    positive={
        "a tenth every step": lambda: scheduled(st.schedules.ExponentialDecay(0.01, 1, 0.1)),
        "cosine over epochs": lambda: scheduled(st.schedules.CosineDecay(0.01, 50)),
        "boundaries at epochs": lambda: scheduled(
            st.schedules.PiecewiseConstantDecay([10, 20], [0.01, 1e-4, 1e-6])
        ),
        "polynomial": lambda: scheduled(st.schedules.PolynomialDecay(0.01, 40, 0.0)),
    },
    negative={
        "cosine over all updates": lambda: scheduled(st.schedules.CosineDecay(0.01, 200)),
        "one cycle": lambda: scheduled(st.schedules.OneCycle(0.01, 200)),
        "over epochs": lambda: scheduled(st.schedules.PerEpoch(st.schedules.CosineDecay(0.01, 50))),
        "a constant rate": lambda: by(Adam()),
        "epochs that are not known": lambda: classes(
            *plain(), optimizer=Adam(st.schedules.CosineDecay(0.01, 5))
        ),
    },
    unchanged={
        "another rate": (
            lambda: scheduled(st.schedules.CosineDecay(0.01, 50)),
            lambda: scheduled(st.schedules.CosineDecay(0.1, 50)),
        ),
    },
    edges={
        "a third of the updates": (
            lambda: falling(0.01, 1e-6, after=3),
            lambda: falling(0.01, 1e-6, after=4),
        ),
        "a thousandth of the rate": (
            lambda: falling(1000.0, 0.96875, after=3),
            lambda: falling(1000.0, 1.0, after=3),
        ),
    },
)

CASES["S26"] = Cases(
    positive={
        "cosine over 100,000": lambda: scheduled(st.schedules.CosineDecay(0.01, 100_000)),
        "exponential over 100,000": lambda: scheduled(
            st.schedules.ExponentialDecay(0.01, 100_000, 0.96)
        ),
        "polynomial": lambda: scheduled(st.schedules.PolynomialDecay(0.01, 10_000, 0.0)),
    },
    negative={
        "over all updates": lambda: scheduled(st.schedules.CosineDecay(0.01, 200)),
        "a constant rate": lambda: by(Adam()),
        "one cycle": lambda: scheduled(st.schedules.OneCycle(0.01, 200)),
    },
    unchanged={
        "another rate": (
            lambda: scheduled(st.schedules.CosineDecay(0.01, 100_000)),
            lambda: scheduled(st.schedules.CosineDecay(0.1, 100_000)),
        ),
    },
    edges={
        "nine tenths of the rate": (
            lambda: falling(10.0, 9.5, after=6),
            lambda: falling(10.0, 9.0, after=6),
        ),
        "no fall at all": (
            lambda: falling(1.0, 0.0, after=99),
            lambda: falling(1.0, 2.0, after=6),
        ),
        "2 updates": (
            lambda: falling(1.0, 0.0, after=99, epochs=2, batch_size=120),
            lambda: falling(1.0, 0.0, after=99, epochs=1, batch_size=120),
        ),
    },
)
