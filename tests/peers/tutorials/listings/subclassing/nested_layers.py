"""A layer made of layers."""

from steepest.keras import layers

import steepest as st
from steepest import keras


class MLPBlock(layers.Layer):
    def __init__(self):
        super().__init__()
        self.linear_1 = layers.Dense(4, kernel_initializer="ones")
        self.linear_2 = layers.Dense(3, kernel_initializer="ones")
        self.linear_3 = layers.Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        x = self.linear_1(inputs)
        x = st.nn.relu(x)
        x = self.linear_2(x)
        x = keras.activations.relu(x)
        return self.linear_3(x)


mlp = MLPBlock()
y = mlp(st.ones(shape=(3, 2)))
print(y.numpy().ravel())
print("weights:", len(mlp.weights))
print("trainable weights:", len(mlp.trainable_weights))
