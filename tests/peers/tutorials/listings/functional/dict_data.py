"""Data and targets given by name."""

import numpy as np
from steepest.keras import layers

from steepest import keras

title = keras.Input(shape=(3,), name="title")
tags = keras.Input(shape=(2,), name="tags")
x = layers.concatenate([title, tags])
priority = layers.Dense(1, name="priority", kernel_initializer="ones")(x)
department = layers.Dense(2, name="department", kernel_initializer="zeros")(x)
model = keras.Model(inputs=[title, tags], outputs={"priority": priority, "department": department})
model.compile(
    optimizer=keras.optimizers.SGD(0.1),
    loss={"priority": "mse", "department": keras.losses.CategoricalCrossentropy(from_logits=True)},
    loss_weights={"priority": 0.5, "department": 1.0},
)
data = {"title": np.linspace(0, 1, 12).reshape(4, 3), "tags": np.eye(2)[[0, 1, 1, 0]]}
target = {"priority": np.array([[0.0], [1.0], [1.0], [0.0]]), "department": np.eye(2)[[1, 0, 1, 0]]}
history = model.fit(data, target, epochs=2, batch_size=4, verbose=0)
print(history.history["loss"])
out = model.predict(data, verbose=0)
print(sorted(out), out["priority"].ravel(), out["department"][0])
