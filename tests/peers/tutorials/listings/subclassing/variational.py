"""An encoder that samples, with its divergence."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras


class Sampling(layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        epsilon = st.zeros_like(z_mean) + 0.5
        return z_mean + st.exp(0.5 * z_log_var) * epsilon


class VariationalAutoEncoder(keras.Model):
    def __init__(self, original_dim, latent_dim=2, **kwargs):
        super().__init__(**kwargs)
        self.dense_mean = layers.Dense(
            latent_dim, kernel_initializer=keras.initializers.Constant(0.1)
        )
        self.dense_log_var = layers.Dense(
            latent_dim, kernel_initializer=keras.initializers.Constant(0.2)
        )
        self.sampling = Sampling()
        self.decoder = layers.Dense(original_dim, activation="sigmoid", kernel_initializer="ones")

    def call(self, inputs):
        z_mean, z_log_var = self.dense_mean(inputs), self.dense_log_var(inputs)
        z = self.sampling((z_mean, z_log_var))
        kl_loss = -0.5 * st.reduce_mean(z_log_var - st.square(z_mean) - st.exp(z_log_var) + 1)
        self.add_loss(kl_loss)
        return self.decoder(z)


vae = VariationalAutoEncoder(4, name="vae")
x = np.linspace(0, 1, 16).reshape(4, 4)
vae.compile(keras.optimizers.Adam(learning_rate=1e-2), loss=keras.losses.MeanSquaredError())
print(vae.fit(x, x, epochs=2, batch_size=2, shuffle=False, verbose=0).history["loss"])
print(vae.predict(x[:1], verbose=0))
