"""Fuel use from a table."""

import numpy as np
import pandas as pd
from steepest.keras import layers

from steepest import keras

dataset = pd.DataFrame({
    "MPG": [18.0, 15.0, 18.0, 24.0, 27.0, 26.0],
    "Cylinders": [8, 8, 8, 4, 4, 4],
    "Horsepower": [130.0, 165.0, 150.0, 95.0, 97.0, 88.0],
    "Weight": [3504, 3693, 3436, 2372, 2130, 2130],
    "Origin": [1, 1, 1, 3, 2, 3],
})
dataset["Origin"] = dataset["Origin"].map({1: "USA", 2: "Europe", 3: "Japan"})
dataset = pd.get_dummies(dataset, columns=["Origin"], prefix="", prefix_sep="", dtype=float)
train_features = dataset.copy()
train_labels = train_features.pop("MPG")
normalizer = layers.Normalization(axis=-1)
normalizer.adapt(np.array(train_features))
print(normalizer.mean.numpy().round(3))
model = keras.Sequential([
    normalizer,
    layers.Dense(8, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)),
    layers.Dense(1, kernel_initializer="ones"),
])
model.compile(loss="mean_absolute_error", optimizer=keras.optimizers.Adam(0.01))
print(model.fit(train_features, train_labels, epochs=5, shuffle=False, verbose=0).history["loss"])
test_predictions = model.predict(train_features, verbose=0).flatten()
print(test_predictions)
