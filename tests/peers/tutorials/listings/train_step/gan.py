"""Two networks trained in one step."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def train_step(self, real):
        batch_size = st.shape(real)[0]
        noise = st.ones((batch_size, self.latent_dim)) * 0.5
        combined = st.concat([self.generator(noise), real], axis=0)
        labels = st.concat([st.ones((batch_size, 1)), st.zeros((batch_size, 1))], axis=0)
        with st.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(combined))
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))
        with st.GradientTape() as tape:
            predictions = self.discriminator(self.generator(noise))
            g_loss = self.loss_fn(st.zeros((batch_size, 1)), predictions)
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))
        self.d_loss_tracker.update_state(d_loss)
        self.g_loss_tracker.update_state(g_loss)
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


d = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(4, "tanh", kernel_initializer=keras.initializers.Constant(0.2)),
    layers.Dense(1, kernel_initializer="ones"),
])
g = keras.Sequential([keras.Input((2,)), layers.Dense(3, kernel_initializer="ones")])
gan = GAN(d, g, latent_dim=2)
gan.compile(
    keras.optimizers.Adam(0.01),
    keras.optimizers.Adam(0.01),
    keras.losses.BinaryCrossentropy(from_logits=True),
)
data = np.linspace(-1, 1, 36).reshape(12, 3).astype("float32")
history = gan.fit(st.data.Dataset.from_tensor_slices(data).batch(4), epochs=2, verbose=0).history
print(history["d_loss"], history["g_loss"])
