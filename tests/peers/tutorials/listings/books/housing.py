"""Prices with k-fold validation."""

import numpy as np
from steepest.keras import layers

from steepest import keras

rng = np.random.RandomState(2)
train_data = rng.normal(5, 3, size=(24, 4))
train_targets = train_data @ np.array([1.0, 0.5, -0.5, 2.0]) + 3
mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std


def build_model():
    model = keras.Sequential([
        keras.Input((4,)),
        layers.Dense(8, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)),
        layers.Dense(1, kernel_initializer="ones"),
    ])
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


k = 3
num_val_samples = len(train_data) // k
all_scores = []
for i in range(k):
    val = slice(i * num_val_samples, (i + 1) * num_val_samples)
    partial_train_data = np.delete(train_data, np.r_[val], axis=0)
    partial_train_targets = np.delete(train_targets, np.r_[val], axis=0)
    model = build_model()
    model.fit(
        partial_train_data, partial_train_targets, epochs=3, batch_size=4, shuffle=False, verbose=0
    )
    val_mse, val_mae = model.evaluate(train_data[val], train_targets[val], verbose=0)
    all_scores.append(val_mae)
print(all_scores, np.mean(all_scores))
