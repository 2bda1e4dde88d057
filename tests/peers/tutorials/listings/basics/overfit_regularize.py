"""Penalties and dropout."""

import numpy as np
from steepest.keras import layers, regularizers

from steepest import keras

x = np.linspace(-1, 1, 40).reshape(10, 4)
y = np.arange(10)[:, None] % 2
combined_model = keras.Sequential([
    layers.Dense(
        6,
        kernel_regularizer=regularizers.l2(0.0001),
        activation="elu",
        input_shape=(4,),
        kernel_initializer=keras.initializers.Constant(0.2),
    ),
    layers.Dropout(0.0),
    layers.Dense(
        6,
        kernel_regularizer=regularizers.l1_l2(l1=0.001, l2=0.01),
        activation="elu",
        kernel_initializer=keras.initializers.Constant(-0.1),
    ),
    layers.Dense(1, kernel_initializer="ones"),
])
print([float(loss) for loss in combined_model.losses])
combined_model.compile(
    "adam",
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryCrossentropy(from_logits=True)],
)
print(sorted(combined_model.fit(x, y, epochs=3, shuffle=False, verbose=0).history.items()))
