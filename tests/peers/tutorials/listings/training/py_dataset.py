"""Batches from a class."""

import math

import numpy as np

from steepest import keras


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        rows = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        return self.x[rows], self.y[rows]


x, y = np.linspace(0, 1, 14).reshape(7, 2), np.arange(7.0)[:, None]
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(keras.optimizers.SGD(0.05), "mse")
batches = Batches(x, y, 3)
print(len(batches), model.fit(batches, epochs=2, shuffle=False, verbose=0).history["loss"])
print(model.evaluate(batches, verbose=0))
