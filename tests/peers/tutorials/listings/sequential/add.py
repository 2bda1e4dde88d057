"""Layers added one at a time."""

import numpy as np

import steepest as keras

model = keras.Sequential()
model.add(keras.Input(shape=(4,)))
model.add(
    keras.layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.2))
)
model.add(keras.layers.Dense(1, kernel_initializer="ones"))
print(len(model.layers))
print(model.output_shape, model.input_shape)
print(model.predict(np.array([[1.0, 2.0, 3.0, 4.0]]), verbose=0))
