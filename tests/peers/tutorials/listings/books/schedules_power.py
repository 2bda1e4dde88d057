"""Inverse time and exponential rates."""

import numpy as np

from steepest import keras

X, y = np.linspace(-1, 1, 20).reshape(10, 2), np.linspace(0, 1, 10)


def exponential_decay(lr0, s):
    def exponential_decay_fn(epoch):
        return lr0 * 0.1 ** (epoch / s)

    return exponential_decay_fn


lr_scheduler = keras.callbacks.LearningRateScheduler(exponential_decay(lr0=0.1, s=4))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1))
history = model.fit(X, y, epochs=4, shuffle=False, verbose=0, callbacks=[lr_scheduler])
print(history.history["learning_rate"], history.history["loss"])
scheduled = keras.optimizers.schedules.ExponentialDecay(
    0.1, decay_steps=4, decay_rate=0.1, staircase=False
)
inverse = keras.optimizers.schedules.InverseTimeDecay(
    initial_learning_rate=0.1, decay_rate=1.0, decay_steps=2
)
for schedule in (scheduled, inverse):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=schedule))
    print(
        model.fit(X, y, epochs=3, batch_size=5, shuffle=False, verbose=0).history["loss"],
        [float(schedule(step)) for step in (0, 1, 5)],
    )
