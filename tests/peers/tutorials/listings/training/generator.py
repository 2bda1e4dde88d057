"""Batches from a generator."""

import numpy as np

from steepest import keras


def batches():
    for step in range(6):
        x = np.full((2, 3), step / 6)
        yield x, x.sum(axis=1, keepdims=True) + 1


model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
print(model.fit(batches(), steps_per_epoch=3, epochs=2, verbose=0).history["loss"])
print(model.evaluate(batches(), verbose=0))
print(model.get_weights()[1])
