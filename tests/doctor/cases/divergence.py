"""Cases of the rules on losses and weights that grow."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import HEALTHY, falling, network, trained, with_course, with_records


def exploding(scale=1e4, seed=0, rate=5.0):
    x, y = blobs(120, seed=seed)
    model = st.Sequential([st.Input((4,)), st.layers.Dense(8, "relu"), st.layers.Dense(1)])
    model.compile(st.optimizers.SGD(rate), "mse")
    return trained(model, x * np.float32(scale), y.astype(np.float32))


CASES["T1"] = Cases(
    positive={
        "a huge rate": lambda: exploding(1.0, rate=1e4),
        "unscaled inputs": exploding,
        "cubes": lambda: exploding(1e6),
    },
    negative=HEALTHY | {"without a training": lambda: with_course([])},
    unchanged={"another seed": (exploding, lambda: exploding(seed=2))},
)
CASES["T2"] = Cases(
    positive={
        "it doubles and stays": lambda: with_course([1, 0.5, 0.4, 1.5, 2, 2.5, 2, 2, 2]),
        "it grows without end": lambda: with_course(np.geomspace(0.1, 1e4, 10)),
        "after a good start": lambda: with_course([2, 1, 0.2, 0.1, 0.8, 1.4, 1.5, 1.6, 1.7, 1.6]),
    },
    negative=HEALTHY
    | {
        "a single spike": lambda: with_course([1, 0.5, 0.4, 5, 0.4, 0.3, 0.3, 0.3, 0.2]),
        "a tiny loss that trembles": lambda: with_course([1, 1e-3, 1e-8, 5e-8, 3e-8, 4e-8, 5e-8]),
        "few epochs": lambda: with_course([1, 3]),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course([1, 0.5, 0.4, 1.5, 2, 2.5, 2, 2, 2]),
            lambda: with_course(np.array([1, 0.5, 0.4, 1.5, 2, 2.5, 2, 2, 2]) * 1000),
        )
    },
)


def of_kernels(size=lambda n: 1.0, gradient=lambda n: 1.0, loss=(1.0, 2.0, 3.0, 4.0), hidden=1):
    return with_records(
        network(hidden), list(loss), lambda at, n: (size(n), gradient(n), 0.001 if n else None)
    )


CASES["T8"] = Cases(
    positive={
        "a thousandfold": lambda: of_kernels(gradient=lambda n: 1e3 if n else 1.0),
        "ever more": lambda: of_kernels(gradient=lambda n: 200.0**n),
        "from a small start": lambda: of_kernels(gradient=lambda n: 1e-2 if n else 1e-6),
    },
    negative=HEALTHY
    | {
        "one record": lambda: of_kernels(gradient=lambda n: 1e3 if n == 3 else 1.0),
        "with a falling loss": lambda: of_kernels(
            gradient=lambda n: 1e3 if n else 1.0, loss=falling()
        ),
    },
    unchanged={
        "gradients in other units": (
            lambda: of_kernels(gradient=lambda n: 1e3 if n else 1.0),
            lambda: of_kernels(gradient=lambda n: 1e6 if n else 1e3),
        )
    },
)
CASES["T13"] = Cases(
    positive={
        "twentyfold": lambda: of_kernels(size=lambda n: 1 + 5.0 * n),
        "ever faster": lambda: of_kernels(size=lambda n: 4.0**n),
        "from small weights": lambda: of_kernels(size=lambda n: 1e-3 * 3.0**n, hidden=2),
    },
    negative=HEALTHY
    | {
        "grown and settled": lambda: of_kernels(size=lambda n: 20.0 if n else 1.0),
        "with the lowest loss": lambda: of_kernels(size=lambda n: 4.0**n, loss=falling()),
    },
    unchanged={
        "weights in other units": (
            lambda: of_kernels(size=lambda n: 4.0**n),
            lambda: of_kernels(size=lambda n: 100 * 4.0**n),
        )
    },
)
