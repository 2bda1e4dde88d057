"""A callback that collects losses."""

import numpy as np

from steepest import keras


class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs={}):
        self.per_batch_losses = []

    def on_batch_end(self, batch, logs={}):
        self.per_batch_losses.append(logs.get("loss"))


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
history = LossHistory()
x = np.linspace(0, 1, 12).reshape(6, 2)
model.fit(x, x.sum(axis=1), batch_size=2, epochs=2, shuffle=False, verbose=0, callbacks=[history])
print([float(loss) for loss in history.per_batch_losses])
print(history.model is model, history.params["epochs"], history.params["steps"])
