"""Metrics of the user's own, without `compile` arguments."""

import numpy as np

import steepest as st
from steepest import keras


class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data):
        x, y = data
        with st.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_metric]


inputs = keras.Input(shape=(3,))
model = CustomModel(inputs, keras.layers.Dense(1, kernel_initializer="zeros")(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.1))
x = np.linspace(-1, 1, 30).reshape(10, 3)
y = x.sum(axis=1, keepdims=True)
print(sorted(model.fit(x, y, epochs=3, batch_size=5, shuffle=False, verbose=0).history.items()))
