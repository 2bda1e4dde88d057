"""A step that uses weights."""

import numpy as np

import steepest as st
from steepest import keras


class CustomModel(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        with st.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input(shape=(2,))
model = CustomModel(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
x, y, w = np.linspace(0, 1, 12).reshape(6, 2), np.ones((6, 1)), np.linspace(0, 1, 6)[:, None]
history = model.fit(x, y, sample_weight=w, epochs=2, batch_size=3, shuffle=False, verbose=0).history
print(history["loss"])
print(model.get_weights()[0].ravel())
