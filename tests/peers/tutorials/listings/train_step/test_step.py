"""A `test_step` of the user's own."""

import numpy as np

from steepest import keras


class CustomModel(keras.Model):
    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input(shape=(2,))
model = CustomModel(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile(loss="mse", metrics=["mae"])
x, y = np.linspace(0, 1, 12).reshape(6, 2), np.ones((6, 1))
print(model.evaluate(x, y, verbose=0, batch_size=3, return_dict=True)["loss"])
