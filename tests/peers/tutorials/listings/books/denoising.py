"""A denoising autoencoder."""

import numpy as np
from steepest.keras import layers

from steepest import keras

rng = np.random.RandomState(7)
x_train = rng.rand(20, 12)
noise_factor = 0.2
x_train_noisy = np.clip(x_train + noise_factor * rng.normal(size=x_train.shape), 0.0, 1.0)
inputs = keras.Input(shape=(12,))
encoded = layers.Dense(
    5,
    activation="relu",
    kernel_initializer=keras.initializers.Constant(0.1),
    activity_regularizer=keras.regularizers.l1(1e-4),
)(inputs)
decoded = layers.Dense(12, activation="sigmoid", kernel_initializer="zeros")(encoded)
autoencoder = keras.Model(inputs, decoded)
encoder = keras.Model(inputs, encoded)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
print(
    autoencoder.fit(
        x_train_noisy, x_train, epochs=3, batch_size=5, shuffle=False, verbose=0
    ).history["loss"]
)
print(encoder.predict(x_train[:1], verbose=0), autoencoder.predict(x_train[:1], verbose=0)[0, :3])
