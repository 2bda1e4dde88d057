"""Cases of the rule on other seeds: scores that vary."""

from __future__ import annotations

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import HEALTHY, network, trained, with_course


def easy(units=40, seed=0, rate=0.02, epochs=10, rows=240, **options):
    """Classes far from each other, half of the rows held out."""
    x, y = blobs(rows, seed=seed)
    half = rows // 2
    model = network(units=units, optimizer=st.optimizers.Adam(rate), **options)
    return trained(model, x[:half], y[:half], (x[half:], y[half:]), epochs=epochs, every=1000)


NOTHING = {
    "without validation rows": HEALTHY["a healthy training"],
    "without a training": lambda: with_course([1.0, 0.5]),
}
CASES["A8"] = Cases(
    positive={
        "hardly trained": lambda: easy(4, rate=1e-6, epochs=1, rows=600),
        "eight units": lambda: easy(8, rate=1e-6, epochs=1, rows=600),
        "two units": lambda: easy(2, rate=0.001, epochs=2, rows=600),
    },
    negative=NOTHING | {
        "trained well": lambda: easy(16, epochs=25),
        "other data": lambda: easy(16, epochs=25, seed=3),
    },
    unchanged={
        "another seed": (
            lambda: easy(4, rate=1e-6, epochs=1, rows=600),
            lambda: easy(4, rate=1e-6, epochs=1, rows=600, seed=2),
        )
    },
)  # fmt: skip
