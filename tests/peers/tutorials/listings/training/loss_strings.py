"""Losses and metrics given by name."""

import numpy as np

import steepest as keras

x = np.linspace(0, 1, 12).reshape(4, 3)
y = np.eye(3)[[0, 1, 2, 1]]
model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(3, activation="softmax", kernel_initializer="ones"),
])
model.compile(
    loss="categorical_crossentropy",
    optimizer="sgd",
    metrics=["accuracy", "mse", "mae", "categorical_crossentropy", "cosine_similarity"],
)
history = model.fit(x, y, epochs=1, verbose=0)
for key in sorted(history.history):
    print(key, history.history[key])
