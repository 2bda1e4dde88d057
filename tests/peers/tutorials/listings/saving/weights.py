"""Only the weights."""

import numpy as np

from steepest import keras


def create_model(start):
    return keras.Sequential([
        keras.Input((3,)),
        keras.layers.Dense(
            2, activation="relu", kernel_initializer=keras.initializers.Constant(start)
        ),
        keras.layers.Dense(1, kernel_initializer="ones"),
    ])


model = create_model(0.5)
model.save_weights("./my_checkpoint.weights.h5")
other = create_model(0.0)
x = np.array([[1.0, 2.0, 3.0]])
print(other.predict(x, verbose=0))
other.load_weights("./my_checkpoint.weights.h5")
print(other.predict(x, verbose=0))
