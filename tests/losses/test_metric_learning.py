"""The Circle loss. The numbers are those of Keras 3.15.1."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

ROWS = np.random.RandomState(5).randn(6, 4).astype("float32")
ROWS /= np.linalg.norm(ROWS, axis=1, keepdims=True)
LABELS = np.array([0, 0, 1, 1, 2, 0])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, 121.74713),
        ({"gamma": 2.0, "margin": 0.1}, 4.742909),
        ({"remove_diagonal": False, "gamma": 10.0}, 13.829796),
    ],
)
def test_the_mean_over_embeddings_with_a_loss(options, wanted) -> None:
    assert st.losses.Circle(**options)(LABELS, ROWS).item() == pytest.approx(wanted, rel=1e-5)


def test_an_embedding_alone_in_its_class_has_none() -> None:
    found = st.losses.Circle(gamma=5.0, reduction="none")(LABELS, ROWS).tolist()
    assert found == pytest.approx([12.685374, 13.742789, 1.4194202, 2.1542428, 0.0, 12.574182])


def test_its_derivatives_are_finite_where_it_is_0() -> None:
    x = st.constant(ROWS)
    with st.GradientTape() as tape:
        tape.watch(x)
        loss = st.losses.Circle(gamma=5.0)(LABELS, x)
    slopes = tape.gradient(loss, x).numpy()
    assert np.isfinite(slopes).all()


def test_a_training_separates_the_classes() -> None:
    normal = st.layers.UnitNormalization()
    model = st.Sequential([st.layers.Dense(4, input_shape=(4,)), normal])
    model.compile(st.optimizers.Adam(0.05), st.losses.Circle(gamma=5.0))
    losses = model.fit(ROWS, LABELS, epochs=30, batch_size=6, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    name = st.losses.get("circle")
    assert isinstance(name, st.losses.Circle)


def test_references_of_their_own() -> None:
    own = st.losses.circle(LABELS, ROWS, gamma=5.0, remove_diagonal=False)
    given = st.losses.circle(LABELS, ROWS, LABELS, ROWS, gamma=5.0)
    np.testing.assert_allclose(own.numpy(), given.numpy(), rtol=1e-6)
