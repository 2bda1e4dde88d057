"""A rate that grows until the loss rises."""

import numpy as np

from steepest import keras

K = keras.backend


class ExponentialLearningRate(keras.callbacks.Callback):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.rates = []
        self.losses = []

    def on_batch_end(self, batch, logs=None):
        lr = self.model.optimizer.learning_rate.numpy() * self.factor
        self.model.optimizer.learning_rate = lr
        self.rates.append(float(lr))
        self.losses.append(float(logs["loss"]))


X, y = np.linspace(-1, 1, 40).reshape(20, 2), np.linspace(0, 1, 20)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=1e-3))
expon_lr = ExponentialLearningRate(factor=2.5)
model.fit(X, y, epochs=2, batch_size=4, shuffle=False, verbose=0, callbacks=[expon_lr])
print(expon_lr.rates)
print(expon_lr.losses[:8])
