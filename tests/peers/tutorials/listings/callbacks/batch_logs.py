"""Logs of the batches."""

import numpy as np

from steepest import keras


class LossAndErrorPrintingCallback(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("Up to batch {}, the average loss is {:7.4f}.".format(batch, logs["loss"]))

    def on_epoch_end(self, epoch, logs=None):
        print(
            "Epoch {}: loss {:7.4f}, error {:7.4f}.".format(
                epoch, logs["loss"], logs["mean_absolute_error"]
            )
        )


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.1),
    loss="mean_squared_error",
    metrics=["mean_absolute_error"],
)
x = np.linspace(-1, 1, 12).reshape(6, 2)
model.fit(
    x,
    x[:, :1],
    batch_size=2,
    epochs=2,
    shuffle=False,
    verbose=0,
    callbacks=[LossAndErrorPrintingCallback()],
)
