"""Piecewise constant and cosine rates."""

import numpy as np

from steepest import keras


def piecewise_constant_fn(epoch):
    if epoch < 2:
        return 0.1
    elif epoch < 3:
        return 0.05
    return 0.01


X, y = np.linspace(-1, 1, 20).reshape(10, 2), np.linspace(0, 1, 10)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(loss="mse", optimizer="sgd")
history = model.fit(
    X,
    y,
    epochs=4,
    shuffle=False,
    verbose=0,
    callbacks=[keras.callbacks.LearningRateScheduler(piecewise_constant_fn)],
)
print(history.history["learning_rate"], history.history["loss"])
piecewise = keras.optimizers.schedules.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01])
cosine = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=10, alpha=0.1)
restarts = keras.optimizers.schedules.CosineDecayRestarts(0.1, first_decay_steps=4)
polynomial = keras.optimizers.schedules.PolynomialDecay(0.1, 10, end_learning_rate=0.01, power=2.0)
for schedule in (piecewise, cosine, restarts, polynomial):
    print([float(schedule(step)) for step in (0, 2, 3, 5, 12)])
