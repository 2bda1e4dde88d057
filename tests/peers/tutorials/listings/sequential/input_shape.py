"""A model whose first layer states the shape of the input."""

import numpy as np
from steepest.keras.layers import Dense
from steepest.keras.models import Sequential

model = Sequential()
model.add(Dense(4, input_shape=(3,), activation="relu", kernel_initializer="ones"))
model.add(Dense(1, kernel_initializer="ones"))
model.compile(loss="mse", optimizer="sgd")
print(len(model.weights), model.count_params())
print(model.predict(np.arange(6.0).reshape(2, 3), verbose=0))
