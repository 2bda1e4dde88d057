"""Batch normalisation in a frozen base."""

import numpy as np

from steepest import keras

base = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization()])
x = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0], [7.0, 8.0]])
base(x, training=True)
print(base.layers[0].moving_mean.numpy(), base.layers[0].moving_variance.numpy())
base.trainable = False
inputs = keras.Input((2,))
model = keras.Model(
    inputs, keras.layers.Dense(1, kernel_initializer="ones")(base(inputs, training=False))
)
model.compile(keras.optimizers.SGD(0.01), "mse")
model.fit(x, np.ones((4, 1)), epochs=2, shuffle=False, verbose=0)
print(base.layers[0].moving_mean.numpy(), base.layers[0].gamma.numpy())
print(base.layers[0](x, training=True).numpy()[0])
