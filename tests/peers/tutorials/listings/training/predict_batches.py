"""Predictions in batches and of one row."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(2, activation="softmax", kernel_initializer="identity"),
])
x = np.arange(21.0).reshape(7, 3) % 5
probabilities = model.predict(x, batch_size=3, verbose=0)
print(probabilities.shape, probabilities[0], probabilities[-1])
print(np.argmax(probabilities, axis=-1))
print(model.predict(x[:1], verbose=0)[0])
print(model(x[:2]).numpy())
