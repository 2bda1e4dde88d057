"""Weights of one layer taken into another model."""

import numpy as np

from steepest import keras

inputs = keras.Input(shape=(4,), name="digits")
x = keras.layers.Dense(
    3, activation="relu", name="dense_1", kernel_initializer=keras.initializers.Constant(0.2)
)(inputs)
outputs = keras.layers.Dense(10, name="predictions")(x)
functional_model = keras.Model(inputs=inputs, outputs=outputs, name="3_layer_mlp")
pretrained = keras.Model(
    functional_model.inputs, functional_model.layers[-2].output, name="pretrained_model"
)
model = keras.Sequential([
    keras.Input((4,)),
    pretrained,
    keras.layers.Dense(2, name="new_predictions", kernel_initializer="ones"),
])
print(model(np.ones((1, 4))).numpy())
other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="dense_1")])
other.get_layer("dense_1").set_weights(functional_model.get_layer("dense_1").get_weights())
print(other(np.ones((1, 4))).numpy())
pretrained.save_weights("pretrained.weights.h5")
print(pretrained.count_params())
