"""Weights as arrays."""

import numpy as np

from steepest import keras


def create_layer():
    layer = keras.layers.Dense(3, activation="relu", name="dense_2")
    layer.build((None, 2))
    return layer


layer_1, layer_2 = create_layer(), create_layer()
layer_1.set_weights([np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]]), np.array([0.5, 0.0, -0.5])])
layer_2.set_weights(layer_1.get_weights())
for a, b in zip(layer_1.weights, layer_2.weights):
    np.testing.assert_allclose(a.numpy(), b.numpy())
print(layer_2(np.array([[1.0, 1.0]])).numpy())
print([w.shape for w in layer_2.get_weights()], len(layer_2.weights))
try:
    layer_1.set_weights([np.ones((3, 3)), np.ones(3)])
except ValueError:
    print("shapes do not fit")
