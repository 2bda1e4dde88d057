"""A function as a loss."""

import numpy as np

import steepest as st
from steepest import keras


def custom_mean_squared_error(y_true, y_pred):
    return st.reduce_mean(st.square(y_true - y_pred), axis=-1)


def asymmetric(y_true, y_pred):
    error = y_true - y_pred
    return keras.ops.mean(keras.ops.where(error > 0, 2 * error, -error), axis=-1)


x = np.linspace(-1, 1.3, 8).reshape(4, 2)
y = np.array([[1.0, 0.0]] * 4)
for loss in (custom_mean_squared_error, asymmetric):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="ones")])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=loss)
    print(model.fit(x, y, epochs=3, verbose=0).history["loss"])
    print(model.evaluate(x, y, verbose=0))
