"""The training flag: explicit, inherited from the outer call, local to a thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import steepest as st
from steepest import layers
from tests.layers.examples import Around, RecordsTraining


def test_the_flag_is_explicit_or_inherited_or_false():
    layer, x = RecordsTraining(), np.ones((1, 1))
    layer(x)
    layer(x, training=True)
    layer(x, True)
    Around(layer)(x, training=True)
    Around(Around(layer))(x, training=True)
    Around(layer, says=False)(x, training=True)
    Around(layer)(x)
    assert layer.flags == [False, True, True, True, True, False, False]


def test_the_flag_is_forgotten_after_an_error():
    class Breaks(layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            raise ValueError("no")

    layer = RecordsTraining()
    with pytest.raises(ValueError, match="no"):
        Breaks()(np.ones((1, 1)), training=True)
    layer(np.ones((1, 1)))
    assert layer.flags == [False]


def test_the_flag_is_local_to_a_thread():
    layer = RecordsTraining()

    class Waits(layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            other = threading.Thread(target=layer, args=(np.ones((1, 1)),))
            other.start()
            other.join()
            return x

    Waits()(np.ones((1, 1)), training=True)
    assert layer.flags == [False]
