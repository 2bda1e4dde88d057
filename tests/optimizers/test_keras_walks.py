"""Adafactor and ScheduleFreeAdamW walk as in Keras 3.15.1 (with its JAX backend).

Its TensorFlow backend reads a changed slot in ScheduleFreeAdamW, and walks another way.
"""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import optimizers, schedules

R = np.random.RandomState
FALLING = schedules.ExponentialDecay(0.5, 2, 0.9)
WALKS = {
    "adafactor": (
        lambda: optimizers.Adafactor(),
        [[1.760510802, 0.398844332], [1.622465253, -0.610002816], [-0.419048369, -0.05299823]],
    ),
    "adafactor, a great rate": (
        lambda: optimizers.Adafactor(0.5),
        [[0.106107548, -0.30463028], [0.813387692, 0.061533615], [-1.81797564, 1.895042896]],
    ),
    "adafactor, a schedule": (
        lambda: optimizers.Adafactor(FALLING),
        [[0.18676801, -0.252544284], [0.857685447, 0.08257556], [-1.727663398, 1.715213299]],
    ),
    "adafactor, no relative steps": (
        lambda: optimizers.Adafactor(
            0.5, relative_step=False, weight_decay=0.1, clip_threshold=0.3
        ),
        [[0.934368491, 0.147945091], [0.980686545, -0.35560754], [-0.592328191, 0.259463489]],
    ),
    "schedule-free": (
        lambda: optimizers.ScheduleFreeAdamW(),
        [[1.758294106, 0.39862457], [1.620656967, -0.608300805], [-0.419321239, -0.0541941]],
    ),
    "schedule-free, warming up": (
        lambda: optimizers.ScheduleFreeAdamW(0.1, warmup_steps=4, weight_decay=0.05),
        [[1.641919851, 0.366457671], [1.536783934, -0.57494837], [-0.46230945, -0.000546094]],
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_six_steps(name: str) -> None:
    make, wanted = WALKS[name]
    optimizer = make()
    shapes = [(3, 4), (4,), (2, 3, 2)]
    weights = [st.Variable(R(i).randn(*s).astype("float32")) for i, s in enumerate(shapes)]
    for step in range(6):
        gradients = [R(10 + step + i).randn(*s).astype("float32") for i, s in enumerate(shapes)]
        optimizer.apply(gradients, weights)
    found = [weight.numpy().ravel()[:2] for weight in weights]
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)


def test_the_moments_of_a_matrix_are_one_number_for_each_row_and_column() -> None:
    optimizer, w = optimizers.Adafactor(), st.Variable(np.ones((3, 4), "float32"))
    optimizer.build([w])
    assert {name: slot.shape for name, slot in optimizer.slots_of(w).items()} == {
        "r": (3,), "c": (4,)
    }  # fmt: skip
