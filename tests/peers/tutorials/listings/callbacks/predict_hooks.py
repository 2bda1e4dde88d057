"""Hooks of evaluation and prediction."""

import numpy as np

from steepest import keras


class Watch(keras.callbacks.Callback):
    def on_predict_begin(self, logs=None):
        print("predict begins")

    def on_predict_batch_end(self, batch, logs=None):
        print("batch", batch, logs["outputs"].shape)

    def on_predict_end(self, logs=None):
        print("predict ends")

    def on_test_batch_end(self, batch, logs=None):
        print("test batch", batch, float(logs["loss"]))


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(loss="mse")
x = np.arange(10.0).reshape(5, 2)
print(model.predict(x, batch_size=2, verbose=0, callbacks=[Watch()]).ravel())
model.evaluate(x, np.zeros((5, 1)), batch_size=3, verbose=0, callbacks=[Watch()])
