"""The order in which hooks are called."""

import numpy as np

from steepest import keras


class CustomCallback(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("Starting training;", list(logs.keys()) if logs else [])

    def on_train_end(self, logs=None):
        print("Stop training; got log keys:", list(logs.keys()))

    def on_epoch_begin(self, epoch, logs=None):
        print("Start epoch", epoch)

    def on_epoch_end(self, epoch, logs=None):
        print("End epoch", epoch, list(logs.keys()))

    def on_test_begin(self, logs=None):
        print("Start testing")

    def on_test_end(self, logs=None):
        print("Stop testing", list(logs.keys()))

    def on_train_batch_begin(self, batch, logs=None):
        print("...Training: start of batch", batch)

    def on_train_batch_end(self, batch, logs=None):
        print("...Training: end of batch", batch, list(logs.keys()))

    def on_test_batch_end(self, batch, logs=None):
        print("...Evaluating: end of batch", batch, list(logs.keys()))


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(optimizer="sgd", loss="mean_squared_error", metrics=["mean_absolute_error"])
x = np.linspace(0, 1, 8)[:, None]
model.fit(
    x, x, batch_size=3, epochs=2, verbose=0, validation_split=0.25, callbacks=[CustomCallback()]
)
model.evaluate(x, x, batch_size=4, verbose=0, callbacks=[CustomCallback()])
