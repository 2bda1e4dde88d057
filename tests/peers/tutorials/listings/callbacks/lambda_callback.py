"""Hooks given as functions."""

import numpy as np
from steepest.keras.callbacks import LambdaCallback

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse")
losses = []
batch_print_callback = LambdaCallback(
    on_train_batch_begin=lambda batch, logs: print("batch", batch)
)
collect = LambdaCallback(
    on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]),
    on_train_end=lambda logs: print("finished"),
)
model.fit(
    np.ones((4, 1)),
    np.zeros((4, 1)),
    batch_size=2,
    epochs=2,
    verbose=0,
    callbacks=[batch_print_callback, collect],
)
print([float(loss) for loss in losses])
