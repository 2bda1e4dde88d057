"""Validation loss of several sizes."""

import numpy as np
from steepest.keras import layers, models

x = (np.random.RandomState(4).rand(40, 30) > 0.5).astype("float32")
y = (x[:, :3].sum(axis=1) > 1).astype("float32")
for units in (16, 4):
    model = models.Sequential()
    model.add(layers.Dense(units, activation="relu", input_shape=(30,)))
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.set_weights([
        np.cos(np.arange(w.size)).reshape(w.shape) * 0.2 for w in model.get_weights()
    ])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"])
    history = model.fit(
        x, y, epochs=4, batch_size=8, validation_split=0.4, shuffle=False, verbose=0
    )
    print(units, sorted(history.history), history.history["val_loss"])
