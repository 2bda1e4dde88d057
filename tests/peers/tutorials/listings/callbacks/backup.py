"""A training that goes on after a stop."""

import numpy as np

from steepest import keras


class InterruptingCallback(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise RuntimeError("Interrupting!")


x, y = np.linspace(0, 1, 8)[:, None], np.linspace(1, -1, 8)[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.2), "mse")
callback = keras.callbacks.BackupAndRestore(backup_dir="backup")
try:
    model.fit(
        x, y, epochs=4, shuffle=False, verbose=0, callbacks=[callback, InterruptingCallback()]
    )
except RuntimeError:
    print("interrupted")
history = model.fit(x, y, epochs=4, shuffle=False, verbose=0, callbacks=[callback])
print(len(history.history["loss"]), history.history["loss"])
