"""A training as a value: what it reads of a compiled model, and the models that it builds."""

import numpy as np

import steepest as st
from steepest.doctor.setup import Setup


def halved(y_true, y_pred):
    return st.reduce_mean((y_true - y_pred) ** 2, axis=-1) * 0.5


def test_a_user_s_loss_and_metric_functions_are_those_of_the_model():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", halved, [halved])
    setup = Setup.of(model, np.ones((4, 2), np.float32), np.zeros(4, np.float32))
    assert setup.compile["loss"] is halved
    _, history = setup.trained(seed=1)
    assert history.history["halved"][0] == history.history["loss"][0]
