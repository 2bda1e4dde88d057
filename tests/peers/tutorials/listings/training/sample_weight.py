"""Weights of the rows."""

import numpy as np

from steepest import keras

x = np.linspace(-1, 1, 16).reshape(8, 2)
y = np.arange(8.0)[:, None] / 8
sample_weight = np.ones(shape=(len(y),))
sample_weight[y[:, 0] > 0.5] = 2.0
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"], weighted_metrics=["mse"])
print(
    sorted(
        model.fit(
            x, y, sample_weight=sample_weight, batch_size=4, epochs=2, shuffle=False, verbose=0
        ).history.items()
    )
)
print(model.evaluate(x, y, sample_weight=sample_weight, verbose=0))
