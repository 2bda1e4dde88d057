"""Gradients clipped in the step."""

import numpy as np

import steepest as st
from steepest import keras


class Clipped(keras.Model):
    def train_step(self, data):
        x, y = data
        with st.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        grads, norm = st.clip_by_global_norm(grads, 0.5)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "norm": norm}


inputs = keras.Input((2,))
model = Clipped(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile(keras.optimizers.SGD(0.5), "mse")
x, y = np.linspace(-1, 1, 8).reshape(4, 2), np.array([[5.0], [3.0], [1.0], [-1.0]])
print(sorted(model.fit(x, y, epochs=2, batch_size=4, verbose=0).history.items()))
