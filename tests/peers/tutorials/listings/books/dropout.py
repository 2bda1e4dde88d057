"""Dropout while training and after."""

import numpy as np
from steepest.keras import layers

from steepest import keras

keras.utils.set_random_seed(1)
layer = layers.Dropout(0.5)
x = np.ones((100, 80), "float32")
out = layer(x, training=True).numpy()
print(sorted(set(out.ravel().tolist())), abs(out.mean() - 1) < 0.05)
print(layer(x).numpy().sum())
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dropout(0.3),
    layers.Dense(2, kernel_initializer="ones"),
    layers.AlphaDropout(0.1),
])
print(model.predict(np.ones((2, 4)), verbose=0))
model.compile("sgd", "mse")
model.fit(np.ones((20, 4)), np.zeros((20, 2)), epochs=2, verbose=0)
print(model.evaluate(np.zeros((3, 4)), np.zeros((3, 2)), verbose=0) >= 0)
