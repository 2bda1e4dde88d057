"""A model called like a layer."""

import numpy as np
from steepest.keras import layers

from steepest import keras

encoder_input = keras.Input(shape=(4,), name="original")
encoder = keras.Model(
    encoder_input, layers.Dense(2, kernel_initializer="ones")(encoder_input), name="encoder"
)
decoder_input = keras.Input(shape=(2,), name="encoded")
decoder = keras.Model(
    decoder_input, layers.Dense(4, kernel_initializer="ones")(decoder_input), name="decoder"
)
autoencoder_input = keras.Input(shape=(4,), name="img")
encoded = encoder(autoencoder_input)
decoded = decoder(encoded)
autoencoder = keras.Model(autoencoder_input, decoded, name="autoencoder")
print([layer.name for layer in autoencoder.layers])
print(autoencoder(np.array([[1.0, 2.0, 3.0, 4.0]])).numpy())
print(autoencoder.count_params())
