"""A loss with a threshold and a configuration."""

import numpy as np
from steepest.keras import ops

from steepest import keras


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        is_small_error = ops.abs(error) < self.threshold
        squared_loss = ops.square(error) / 2
        linear_loss = self.threshold * ops.abs(error) - self.threshold**2 / 2
        return ops.where(is_small_error, squared_loss, linear_loss)

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "threshold": self.threshold}


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(loss=HuberLoss(2.0), optimizer="adam")
X, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(-5, 3, 8)[:, None]
print(model.fit(X, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"])
model.save("my_model.keras")
model = keras.models.load_model("my_model.keras", custom_objects={"HuberLoss": HuberLoss})
print(model.loss.threshold, model.evaluate(X, y, verbose=0))
