"""Objects as dictionaries and back."""

import numpy as np

from steepest import keras

layer = keras.layers.Dense(3, activation="relu", kernel_initializer="ones")
config = keras.layers.serialize(layer)
print(config["class_name"], config["config"]["units"])
new_layer = keras.layers.deserialize(config)
print(new_layer(np.ones((1, 2))).numpy())
optimizer = keras.optimizers.deserialize(keras.optimizers.serialize(keras.optimizers.SGD(0.2)))
print(float(optimizer.learning_rate))
again = keras.saving.deserialize_keras_object(
    keras.saving.serialize_keras_object(keras.losses.Huber(delta=2.0))
)
print(float(again(np.array([[0.0]]), np.array([[1.0]]))))
print(keras.activations.serialize(keras.activations.relu), keras.losses.get("mse").__name__)
