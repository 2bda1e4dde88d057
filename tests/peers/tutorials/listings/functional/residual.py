"""A connection around two layers."""

import numpy as np
from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(3,))
x = layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.5))(inputs)
block_1_output = x
x = layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.1))(
    block_1_output
)
x = layers.Dense(4, kernel_initializer=keras.initializers.Constant(-0.2))(x)
block_2_output = layers.add([x, block_1_output])
x = layers.Dense(1, kernel_initializer="ones")(block_2_output)
model = keras.Model(inputs, x, name="toy_resnet")
print(model(np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.75]])).numpy())
print(len(model.layers), model.count_params())
