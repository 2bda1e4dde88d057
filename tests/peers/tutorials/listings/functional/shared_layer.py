"""One layer used twice."""

import numpy as np
from steepest.keras import layers

from steepest import keras

shared = layers.Dense(3, kernel_initializer=keras.initializers.Constant(0.1), name="shared")
input_a = keras.Input(shape=(2,))
input_b = keras.Input(shape=(2,))
difference = layers.Subtract()([shared(input_a), shared(input_b)])
output = layers.Dense(1, kernel_initializer="ones")(difference)
model = keras.Model([input_a, input_b], output)
print(len(model.weights), [tuple(w.shape) for w in shared.weights])
a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [5.0, 1.0]])
model.compile(keras.optimizers.SGD(0.1), "mse")
print(model.train_on_batch([a, b], np.array([[1.0], [0.0]])))
print(shared.get_weights()[0])
