"""A rate raised and lowered by a callback."""

import numpy as np

from steepest import keras

K = keras.backend


class OneCycleScheduler(keras.callbacks.Callback):
    def __init__(self, iterations, max_rate):
        super().__init__()
        self.half, self.max_rate, self.iteration, self.rates = iterations // 2, max_rate, 0, []

    def on_batch_begin(self, batch, logs=None):
        up = self.iteration < self.half
        position = (
            self.iteration / self.half if up else (2 * self.half - self.iteration) / self.half
        )
        self.model.optimizer.learning_rate = 0.01 + (self.max_rate - 0.01) * position
        self.rates.append(float(self.model.optimizer.learning_rate))
        self.iteration += 1


X, y = np.linspace(-1, 1, 24).reshape(12, 2), np.linspace(0, 1, 12)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.01))
one_cycle = OneCycleScheduler(8, max_rate=0.3)
print(
    model.fit(
        X, y, epochs=4, batch_size=6, shuffle=False, verbose=0, callbacks=[one_cycle]
    ).history["loss"]
)
print(one_cycle.rates, K.epsilon(), K.floatx())
