"""What `fit` returns."""

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="sgd", loss="mean_squared_error", metrics=["mean_absolute_error"])
x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
y = np.array([-3.0, -1.0, 1.0, 3.0, 5.0, 7.0])
history = model.fit(x, y, epochs=100, verbose=0)
print(sorted(history.history))
print(len(history.history["loss"]), history.epoch[-1], history.params["epochs"])
print(history.history["loss"][0], history.history["loss"][-1])
print(model.predict(np.array([[10.0]]), verbose=0))
print(history.model is model)
