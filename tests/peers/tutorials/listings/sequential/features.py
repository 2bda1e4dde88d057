"""A model that returns what every layer gives."""

import numpy as np
from steepest.keras import layers

from steepest import keras

initial_model = keras.Sequential([
    keras.Input(shape=(4,)),
    layers.Dense(3, activation="relu", kernel_initializer="ones"),
    layers.Dense(2, activation="relu", kernel_initializer="ones", name="my_intermediate_layer"),
    layers.Dense(1, kernel_initializer="ones"),
])
feature_extractor = keras.Model(
    inputs=initial_model.inputs, outputs=[layer.output for layer in initial_model.layers]
)
features = feature_extractor(np.array([[1.0, 2.0, 3.0, -4.0]]))
print(len(features), [tuple(f.shape) for f in features], [f.numpy().tolist() for f in features])
middle = keras.Model(
    inputs=initial_model.inputs,
    outputs=initial_model.get_layer(name="my_intermediate_layer").output,
)
print(middle(np.ones((1, 4))).numpy())
