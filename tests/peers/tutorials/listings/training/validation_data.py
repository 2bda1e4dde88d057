"""Data for validation."""

import numpy as np

from steepest import keras

x, y = np.linspace(0, 1, 20).reshape(10, 2), np.linspace(1, 3, 10)
model = keras.models.Sequential([
    keras.layers.Input(shape=(2,)),
    keras.layers.Dense(1, kernel_initializer="ones"),
])
model.compile("sgd", "mae", metrics=["mse"])
history = model.fit(
    x[:6],
    y[:6],
    epochs=4,
    batch_size=3,
    shuffle=False,
    verbose=0,
    validation_data=(x[6:], y[6:]),
    validation_freq=2,
    validation_batch_size=2,
)
print(history.epoch)
for key in ("loss", "mse", "val_loss", "val_mse"):
    print(key, history.history[key])
