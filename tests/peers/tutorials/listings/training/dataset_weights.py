"""Weights as the third part of a pipeline."""

import numpy as np

import steepest as st
from steepest import keras

x, y = np.linspace(0, 1, 12).reshape(6, 2), np.array([0, 1, 0, 1, 1, 0])
sample_weight = np.where(y == 1, 2.0, 1.0)
dataset = st.data.Dataset.from_tensor_slices((x, y, sample_weight)).batch(3)
model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones"),
])
model.compile("rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
print(sorted(model.fit(dataset, epochs=2, verbose=0).history.items()))
print(model.evaluate(dataset, verbose=0))
