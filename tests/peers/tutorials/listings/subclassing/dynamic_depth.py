"""A list of layers in a loop."""

import numpy as np

from steepest import keras


class Deep(keras.Model):
    def __init__(self, depth):
        super().__init__()
        self.hidden = [
            keras.layers.Dense(
                3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.1 * (i + 1))
            )
            for i in range(depth)
        ]
        self.heads = {"out": keras.layers.Dense(1, kernel_initializer="ones")}

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.heads["out"](x)


for depth in (1, 3):
    model = Deep(depth)
    print(model(np.array([[1.0, 2.0]])).numpy(), len(model.weights))
