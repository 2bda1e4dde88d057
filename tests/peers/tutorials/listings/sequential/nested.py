"""A model as a layer of another one."""

import numpy as np
from steepest.keras import layers

from steepest import keras

base_model = keras.Sequential(
    [keras.Input((3,)), layers.Dense(4, activation="relu", kernel_initializer="ones")], name="base"
)
base_model.trainable = False
model = keras.Sequential([
    base_model,
    layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.5)),
])
print(model(np.array([[1.0, 2.0, 3.0]])).numpy())
print(len(model.layers), model.layers[0].name)
print(len(model.trainable_variables), len(model.non_trainable_variables))
