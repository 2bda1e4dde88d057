"""A generator and a discriminator in turns."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras

latent_dim = 2
discriminator = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(4, kernel_initializer=keras.initializers.Constant(0.2)),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(1, kernel_initializer="ones"),
])
generator = keras.Sequential([
    keras.Input((latent_dim,)),
    layers.Dense(4, activation="relu", kernel_initializer="ones"),
    layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.1)),
])
d_optimizer = keras.optimizers.Adam(learning_rate=0.003)
g_optimizer = keras.optimizers.Adam(learning_rate=0.004)
loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)


@st.function
def train_step(real):
    batch_size = st.shape(real)[0]
    latent = st.fill((batch_size, latent_dim), 0.5)
    fake = generator(latent)
    combined = st.concat([fake, real], axis=0)
    labels = st.concat([st.ones((batch_size, 1)), st.zeros((real.shape[0], 1))], axis=0)
    with st.GradientTape() as tape:
        d_loss = loss_fn(labels, discriminator(combined))
    grads = tape.gradient(d_loss, discriminator.trainable_weights)
    d_optimizer.apply(grads, discriminator.trainable_weights)
    misleading = st.zeros((batch_size, 1))
    with st.GradientTape() as tape:
        g_loss = loss_fn(misleading, discriminator(generator(latent)))
    grads = tape.gradient(g_loss, generator.trainable_weights)
    g_optimizer.apply(grads, generator.trainable_weights)
    return d_loss, g_loss, fake


data = np.linspace(-1, 1, 48).reshape(16, 3).astype("float32")
for real in st.data.Dataset.from_tensor_slices(data).batch(8):
    d_loss, g_loss, generated = train_step(real)
    print(f"discriminator loss: {d_loss:.5f} adversarial loss: {g_loss:.5f}", generated.shape)
