"""A model class with blocks."""

import numpy as np
from steepest.keras import layers

from steepest import keras


class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units, kernel_initializer=keras.initializers.Constant(0.2))
        self.out = layers.Dense(units, kernel_initializer=keras.initializers.Constant(0.1))

    def call(self, x):
        return x + self.out(keras.activations.tanh(self.dense(x)))


class Net(keras.Model):
    def __init__(self, num_classes=3):
        super().__init__()
        self.block_1 = Block(4)
        self.block_2 = Block(4)
        self.classifier = layers.Dense(
            num_classes, activation="softmax", kernel_initializer="zeros"
        )

    def call(self, inputs):
        return self.classifier(self.block_2(self.block_1(inputs)))


net = Net()
net.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = np.linspace(-1, 1, 24).reshape(6, 4), np.array([0, 1, 2, 0, 1, 2])
print(net.fit(x, y, batch_size=3, epochs=3, shuffle=False, verbose=0).history["loss"])
print(net.predict(x[:1], verbose=0), net.count_params())
