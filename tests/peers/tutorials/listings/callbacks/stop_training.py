"""Training stopped from a callback."""

import numpy as np

from steepest import keras


class myCallback(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("loss") < 0.4:
            print("\nLoss is low so cancelling training!", epoch)
            self.model.stop_training = True


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
x = np.linspace(-1, 1, 8)
history = model.fit(x, 2 * x + 1, epochs=50, verbose=0, shuffle=False, callbacks=[myCallback()])
print(len(history.epoch), history.history["loss"][-1])
