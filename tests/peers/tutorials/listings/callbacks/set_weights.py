"""Weights looked at after each epoch."""

import numpy as np

from steepest import keras


class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
    def __init__(self, patience=0):
        super().__init__()
        self.patience = patience
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        current = logs.get("loss")
        print(epoch, self.model.get_weights()[0].ravel())
        if np.less(current, self.best):
            self.best = current
            self.wait = 0
            self.best_weights = self.model.get_weights()
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)


model = keras.Sequential([
    keras.Input((1,)),
    keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False),
])
model.compile(keras.optimizers.SGD(0.7), "mae")
x = np.linspace(0.5, 1, 6)[:, None]
model.fit(x, x, epochs=20, verbose=0, shuffle=False, callbacks=[EarlyStoppingAtMinLoss(1)])
print(model.get_weights()[0])
