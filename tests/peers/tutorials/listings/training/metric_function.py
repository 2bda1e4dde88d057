"""A function as a metric."""

import numpy as np

import steepest as st
from steepest import keras


def mean_pred(y_true, y_pred):
    return st.reduce_mean(y_pred)


def within(y_true, y_pred):
    return st.cast(st.abs(y_true - y_pred) < 0.5, st.float32)


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse", metrics=["mae", mean_pred, within])
x, y = np.linspace(0, 1, 8).reshape(4, 2), np.array([[0.0], [1.0], [2.0], [1.5]])
print(sorted(model.fit(x, y, epochs=2, batch_size=2, shuffle=False, verbose=0).history.items()))
print(model.evaluate(x, y, verbose=0, return_dict=True))
