"""Small and large models."""

import numpy as np
from steepest.keras import layers

from steepest import keras

x = np.random.RandomState(0).normal(size=(40, 5)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32")[:, None]
lr_schedule = keras.optimizers.schedules.InverseTimeDecay(
    0.01, decay_steps=10, decay_rate=1, staircase=False
)
results = {}
for name, units in {"Tiny": [4], "Large": [16, 16]}.items():
    model = keras.Sequential([keras.Input((5,))])
    for n in units:
        model.add(layers.Dense(n, activation="elu"))
    model.add(layers.Dense(1))
    model.set_weights([
        np.sin(np.arange(w.size)).reshape(w.shape) * 0.3 for w in model.get_weights()
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(lr_schedule),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            "accuracy",
        ],
    )
    results[name] = model.fit(
        x[:30],
        y[:30],
        validation_data=(x[30:], y[30:]),
        epochs=5,
        batch_size=10,
        shuffle=False,
        verbose=0,
    )
    print(
        name,
        model.count_params(),
        results[name].history["binary_crossentropy"][-1],
        results[name].history["val_binary_crossentropy"][-1],
    )
