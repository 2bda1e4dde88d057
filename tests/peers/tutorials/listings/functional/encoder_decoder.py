"""Two models that share layers."""

import numpy as np
from steepest.keras import layers

from steepest import keras

encoder_input = keras.Input(shape=(8,), name="vector")
x = layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.25))(
    encoder_input
)
encoder_output = layers.Dense(2, kernel_initializer="ones")(x)
encoder = keras.Model(encoder_input, encoder_output, name="encoder")
x = layers.Dense(4, activation="relu", kernel_initializer="ones")(encoder_output)
decoder_output = layers.Dense(
    8, activation="sigmoid", kernel_initializer=keras.initializers.Constant(0.01)
)(x)
autoencoder = keras.Model(encoder_input, decoder_output, name="autoencoder")
data = np.linspace(0, 1, 16).reshape(2, 8)
print(encoder.predict(data, verbose=0))
print(autoencoder.predict(data, verbose=0)[:, 0])
autoencoder.compile("adam", "mse")
autoencoder.fit(data, data, epochs=2, verbose=0)
print(encoder.predict(data, verbose=0))
