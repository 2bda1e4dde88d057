"""`EarlyStopping` that restores the best weights."""

import numpy as np

from steepest import keras

x, y = np.linspace(-1, 1, 12)[:, None], np.sin(3 * np.linspace(-1, 1, 12))[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.3), loss="mse")
stop = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=3, min_delta=1e-3, restore_best_weights=True
)
history = model.fit(
    x, y, epochs=60, validation_split=0.25, shuffle=False, verbose=0, callbacks=[stop]
)
print(len(history.epoch), stop.stopped_epoch, stop.best_epoch, float(stop.best))
print(model.get_weights()[0], model.evaluate(x[9:], y[9:], verbose=0))
