"""Weights of bounded norm."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(
        2,
        activation="selu",
        kernel_initializer="ones",
        kernel_constraint=keras.constraints.max_norm(1.0),
    ),
    keras.layers.Dense(
        1,
        kernel_initializer="ones",
        kernel_constraint=keras.constraints.NonNeg(),
        bias_constraint="non_neg",
    ),
])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1))
X, y = np.linspace(0, 1, 18).reshape(6, 3), np.linspace(-2, -1, 6)
model.fit(X, y, epochs=3, shuffle=False, verbose=0)
for weight in model.get_weights():
    print(weight.tolist())
print(np.linalg.norm(model.get_weights()[0], axis=0))
