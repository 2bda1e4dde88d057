"""All layers but the last one frozen."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input(shape=(2,)),
    keras.layers.Dense(4, activation="tanh", kernel_initializer="ones"),
    keras.layers.Dense(1, kernel_initializer="ones"),
])
for layer in model.layers[:-1]:
    layer.trainable = False
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
x = np.array([[0.1, 0.2], [0.3, -0.1], [0.5, 0.5], [-0.2, 0.4]])
model.fit(x, x.sum(axis=1), epochs=3, verbose=0, shuffle=False)
print(model.layers[0].get_weights()[0])
print(model.layers[1].get_weights()[0].ravel(), model.layers[1].get_weights()[1])
print(len(model.trainable_weights), len(model.non_trainable_weights))
