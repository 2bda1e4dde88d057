"""One batch at a time."""

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
x, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [2.0]])
print(np.array(model.train_on_batch(x, y)))
print(model.train_on_batch(x, y, return_dict=True))
print(np.array(model.test_on_batch(x, y)))
print(model.predict_on_batch(x))
