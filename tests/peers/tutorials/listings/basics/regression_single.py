"""Fuel use from one variable."""

import numpy as np
from steepest.keras import layers

from steepest import keras

horsepower = np.array([130.0, 165.0, 150.0, 95.0, 97.0, 88.0, 46.0, 225.0])
mpg = np.array([18.0, 15.0, 18.0, 24.0, 27.0, 26.0, 35.0, 13.0])
horsepower_normalizer = layers.Normalization(input_shape=[1], axis=None)
horsepower_normalizer.adapt(horsepower)
horsepower_model = keras.Sequential([
    horsepower_normalizer,
    layers.Dense(units=1, kernel_initializer="zeros"),
])
print(horsepower_model.predict(horsepower[:3], verbose=0).ravel())
horsepower_model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.1), loss="mean_absolute_error"
)
history = horsepower_model.fit(
    horsepower, mpg, epochs=20, verbose=0, validation_split=0.25, shuffle=False
)
print(history.history["loss"][-1], history.history["val_loss"][-1])
print(horsepower_model.layers[1].kernel.numpy())
print(horsepower_model.evaluate(horsepower, mpg, verbose=0))
