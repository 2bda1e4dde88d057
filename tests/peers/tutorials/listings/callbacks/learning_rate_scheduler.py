"""A rate by epoch."""

import numpy as np

from steepest import keras


def scheduler(epoch, lr):
    if epoch < 2:
        return lr
    return lr * np.exp(-0.1)


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(keras.optimizers.SGD(0.05), loss="mse")
print(round(float(model.optimizer.learning_rate), 5))
callback = keras.callbacks.LearningRateScheduler(scheduler)
history = model.fit(
    np.arange(10.0).reshape(10, 1) / 10,
    np.zeros(10),
    epochs=4,
    callbacks=[callback],
    shuffle=False,
    verbose=0,
)
print(sorted(history.history.items()))
print(round(float(model.optimizer.learning_rate), 5))
by_epoch = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch)
print(
    model.fit(np.ones((2, 1)), np.zeros(2), epochs=3, callbacks=[by_epoch], verbose=0).history[
        "learning_rate"
    ]
)
