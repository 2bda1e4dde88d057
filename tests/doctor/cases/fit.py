"""Cases of the rules on the fit of a trained network."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import HEALTHY, falling, network, trained, with_course

RISING = [1.0, 0.8, 0.7, 0.75, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]
CASES["T16"] = Cases(
    positive={
        "from the third epoch": lambda: with_course(falling(10), RISING),
        "slowly": lambda: with_course(falling(40), [*falling(20), *np.linspace(0.06, 0.3, 20)]),
        "with early stopping in vain": lambda: with_course(falling(10), RISING, network(2)),
    },
    negative=HEALTHY
    | {
        "both fall": lambda: with_course(falling(10), falling(10) * 1.2),
        "both rise": lambda: with_course(
            [1.0, 0.5, 0.6, 0.8, 1.0, 1.2], [1.0, 0.5, 0.6, 0.9, 1, 1.2]
        ),
        "noise": lambda: with_course(falling(12), [1, 0.9, 1.1] * 4),
        "without validation": lambda: with_course(falling(10)),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course(falling(10), RISING),
            lambda: with_course(falling(10) * 9, np.array(RISING) * 9),
        )
    },
    edges={
        "a tenth above the lowest": (
            lambda: with_course(falling(10), [0.7, *[0.5] * 7, 0.551, 0.551]),
            lambda: with_course(falling(10), [0.7, *[0.5] * 7, 0.549, 0.549]),
        ),
        "five epochs": (
            lambda: with_course(falling(5), [0.5, 0.5, 0.5, 0.5, 0.6]),
            lambda: with_course(falling(4), [0.5, 0.5, 0.5, 0.6]),
        ),
    },
)


def slow(seed=0, rows=120, **options):
    return trained(network(rate=1e-5, **options), *blobs(rows, seed=seed))


CASES["T17"] = Cases(
    positive={
        "a tiny rate": slow,
        "zeros": lambda: trained(network(kernel_initializer="zeros"), *blobs(120)),
        "one epoch": lambda: slow(rows=200),
    },
    negative=HEALTHY | {"without a training": lambda: with_course(falling())},
    unchanged={"another seed": (slow, lambda: slow(seed=7))},
)
LOW = falling(10) * 0.6
CASES["T18"] = Cases(
    positive={
        "by 40 percent": lambda: with_course(falling(10), LOW),
        "after the first epochs": lambda: with_course(falling(10), [2.0, *LOW[1:]]),
        "by far": lambda: with_course(falling(20), falling(20) / 10),
    },
    negative=HEALTHY
    | {
        "by 2 percent": lambda: with_course(falling(10), falling(10) * 0.98),
        "above": lambda: with_course(falling(10), falling(10) * 1.3),
        "without validation": lambda: with_course(falling(10)),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course(falling(10), LOW),
            lambda: with_course(falling(10) * 7, LOW * 7),
        )
    },
    edges={
        "10 percent": (
            lambda: with_course(falling(10), falling(10) * 0.899),
            lambda: with_course(falling(10), falling(10) * 0.901),
        ),
        "after the first fifth": (
            lambda: with_course(falling(10), [2.0, 2.0, *LOW[2:]]),
            lambda: with_course(falling(10), [2.0, 2.0, 2.0, *LOW[3:]]),
        ),
    },
)


def rings(rows, seed):
    random = np.random.default_rng(seed)
    y = np.arange(rows) % 2
    turn = random.random(rows) * 2 * np.pi
    x = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (1 + y[:, None])
    return x.astype(np.float32), y


def answered(accuracy=1.0, seed=0, rows=300, data=rings):
    """Few steps with a validation accuracy that is given."""
    model = st.Sequential([st.Input((2,)), st.layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    facts = trained(model, *data(rows, seed), validation_data=data(200, seed + 1), epochs=3)
    facts.history.history["val_accuracy"] = [accuracy] * 3
    return facts


def halves(rows, seed):
    x = np.random.default_rng(seed).normal(size=(rows, 2)).astype(np.float32)
    return x, (x[:, 0] + 0.2 * np.sign(x[:, 0]) > 0).astype(np.int64)


def wide_halves(rows, seed):
    x, y = halves(rows, seed)
    return x + np.float32(9) * (2 * y[:, None] - 1), y


CASES["T19"] = Cases(
    positive={
        "rings at once": answered,
        "99.9 percent": lambda: answered(0.9995),
        "fewer rows": lambda: answered(rows=150),
    },
    negative=HEALTHY
    | {
        "90 percent": lambda: answered(0.9),
        "a line divides them": lambda: answered(data=wide_halves),
    },
    unchanged={"another seed": (answered, lambda: answered(seed=11))},
    edges={
        "99.9 percent": (lambda: answered(0.999), lambda: answered(0.9989)),
        "200 steps of 16 rows": (lambda: answered(rows=199 * 16), lambda: answered(rows=200 * 16)),
    },
)


def memorised(seed=0, rows=40, units=256):
    """Noise that a large network learns by heart."""
    random = np.random.default_rng(seed)
    x, y = blobs(rows + 200, seed=seed)
    flipped = np.where(random.random(len(y)) < 0.3, random.integers(0, 3, len(y)), y)
    model = network(2, units=units, optimizer=st.optimizers.Adam(0.01))
    return trained(
        model, x[:rows], flipped[:rows], (x[rows:], flipped[rows:]), epochs=80, every=100
    )


CASES["T24"] = Cases(
    positive={
        "noise by heart": memorised,
        "30 rows": lambda: memorised(rows=30),
        "fewer units": lambda: memorised(units=128),
    },
    negative=HEALTHY
    | {
        "many rows": lambda: trained(
            network(rate=0.1), *blobs(300), validation_data=blobs(300), epochs=10
        ),
        "without a training": lambda: with_course(falling()),
    },
    unchanged={"another seed": (memorised, lambda: memorised(seed=3))},
)
