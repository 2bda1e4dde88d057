"""Two outputs with losses and weights of their own."""

import numpy as np
from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(4,), name="features")
x = layers.Dense(3, activation="relu", kernel_initializer=keras.initializers.Constant(0.3))(inputs)
priority = layers.Dense(1, name="priority", kernel_initializer="ones")(x)
department = layers.Dense(3, name="department", kernel_initializer="zeros")(x)
model = keras.Model(inputs=inputs, outputs=[priority, department])
model.compile(
    optimizer=keras.optimizers.SGD(0.05),
    loss=[
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    ],
    loss_weights=[1.0, 0.2],
)
features = np.linspace(-1, 1, 16).reshape(4, 4)
targets = [np.array([[0.0], [1.0], [0.0], [1.0]]), np.eye(3)[[0, 1, 2, 0]]]
history = model.fit(features, targets, epochs=2, batch_size=2, shuffle=False, verbose=0)
print(sorted(history.history))
print(history.history["loss"])
print(model.evaluate(features, targets, verbose=0))
