"""A dense layer over several axes."""

import numpy as np
from steepest.keras import layers

from steepest import keras

x = np.arange(12.0).reshape(2, 2, 3)
layer = layers.EinsumDense(
    "abc,cd->abd", output_shape=(None, 4), bias_axes="d", kernel_initializer="ones"
)
print(layer(x).numpy()[0], [tuple(w.shape) for w in layer.weights])
pooled = layers.EinsumDense(
    "...x,xy->...y", output_shape=2, kernel_initializer=keras.initializers.Constant(0.5)
)
print(pooled(x).numpy()[1])
model = keras.Sequential([
    keras.Input((2, 3)),
    layers.EinsumDense(
        "abc,bcd->ad", output_shape=(2,), activation="relu", kernel_initializer="ones"
    ),
])
print(model.predict(x, verbose=0), model.count_params())
