"""Weights of the classes."""

import numpy as np

from steepest import keras

x = np.linspace(-1, 1, 16).reshape(8, 2)
y = np.array([0, 0, 1, 2, 1, 2, 2, 0])
class_weight = {0: 1.0, 1: 2.0, 2: 0.5}
model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros"),
])
model.compile(keras.optimizers.SGD(0.2), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    x, y, class_weight=class_weight, batch_size=4, epochs=2, shuffle=False, verbose=0
)
print(sorted(history.history.items()))
print(model.predict(x[:2], verbose=0))
