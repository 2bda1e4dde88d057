"""A `train_step` with a tape."""

import numpy as np

import steepest as st
from steepest import keras


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with st.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        trainable_vars = self.trainable_variables
        gradients = tape.gradient(loss, trainable_vars)
        self.optimizer.apply(gradients, trainable_vars)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input(shape=(4,))
outputs = keras.layers.Dense(1, kernel_initializer="ones")(inputs)
model = CustomModel(inputs, outputs)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
x, y = np.linspace(0, 1, 40).reshape(10, 4), np.linspace(-1, 1, 10)[:, None]
history = model.fit(x, y, epochs=3, batch_size=5, shuffle=False, verbose=0).history
print(history["loss"], history["mae"])
