"""Logs in a folder."""

import os

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile("sgd", "mse")
tensorboard_callback = keras.callbacks.TensorBoard(log_dir="./logs", histogram_freq=1)
x = np.linspace(0, 1, 6)[:, None]
history = model.fit(
    x, x, epochs=2, validation_split=0.5, shuffle=False, verbose=0, callbacks=[tensorboard_callback]
)
print(sorted(history.history.items()))
print(sorted(os.listdir("logs")))
