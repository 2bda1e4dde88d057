"""Activation, initializer, regularizer and constraint as functions."""

import numpy as np

import steepest as st


def my_softplus(z):
    return st.math.log(1.0 + st.exp(z))


def my_initializer(shape, dtype=st.float32):
    return st.ones(shape, dtype=dtype) * st.sqrt(2.0 / (shape[0] + shape[1]))


def my_l1_regularizer(weights):
    return st.reduce_sum(st.abs(0.01 * weights))


def my_positive_weights(weights):
    return st.where(weights < 0.0, st.zeros_like(weights), weights)


layer = st.keras.layers.Dense(
    1,
    activation=my_softplus,
    kernel_initializer=my_initializer,
    kernel_regularizer=my_l1_regularizer,
    kernel_constraint=my_positive_weights,
)
model = st.keras.Sequential([st.keras.Input((2,)), layer])
print(layer.kernel.numpy().ravel(), float(model.losses[0]))
model.compile(loss="mse", optimizer=st.keras.optimizers.SGD(0.5))
X, y = np.linspace(0, 1, 16).reshape(8, 2), np.zeros((8, 1))
print(model.fit(X, y, epochs=3, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(layer.kernel.numpy().ravel())
