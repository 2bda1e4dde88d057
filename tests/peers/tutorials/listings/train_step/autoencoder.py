"""A model that makes its own targets."""

import numpy as np

import steepest as st
from steepest import keras


class AutoEncoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.3))
        self.decoder = keras.layers.Dense(4, kernel_initializer=keras.initializers.Constant(0.4))
        self.tracker = keras.metrics.Mean(name="reconstruction")

    def call(self, x):
        return self.decoder(self.encoder(x))

    def train_step(self, x):
        with st.GradientTape() as tape:
            loss = st.reduce_mean((self(x) - x) ** 2)
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        self.tracker.update_state(loss)
        return {"reconstruction": self.tracker.result()}


model = AutoEncoder()
model.compile(optimizer=keras.optimizers.SGD(0.05))
x = np.linspace(0, 1, 32).reshape(8, 4).astype("float32")
print(model.fit(x, epochs=3, batch_size=4, shuffle=False, verbose=0).history["reconstruction"])
