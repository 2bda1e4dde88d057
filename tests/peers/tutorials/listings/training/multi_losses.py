"""Losses by name, weighted."""

import numpy as np
from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(3,), name="features")
score = layers.Dense(1, name="score_output", kernel_initializer="ones")(inputs)
classes = layers.Dense(3, name="class_output", kernel_initializer="zeros", activation="softmax")(
    inputs
)
model = keras.Model(inputs=inputs, outputs=[score, classes])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-2),
    loss={
        "score_output": keras.losses.MeanSquaredError(),
        "class_output": keras.losses.CategoricalCrossentropy(),
    },
    metrics={
        "score_output": [
            keras.metrics.MeanAbsolutePercentageError(),
            keras.metrics.MeanAbsoluteError(),
        ],
        "class_output": [keras.metrics.CategoricalAccuracy()],
    },
    loss_weights={"score_output": 2.0, "class_output": 1.0},
)
x = np.linspace(0, 1, 18).reshape(6, 3)
y_score, y_class = np.arange(1.0, 7.0)[:, None], np.eye(3)[[0, 1, 2, 2, 1, 0]]
history = model.fit(
    x,
    {"score_output": y_score, "class_output": y_class},
    batch_size=3,
    epochs=2,
    shuffle=False,
    verbose=0,
)
for key in sorted(history.history):
    print(key, history.history[key])
