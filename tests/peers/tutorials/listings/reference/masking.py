"""Padded rows that are left out."""

import numpy as np
from steepest.keras import layers

from steepest import keras

padded_inputs = np.array([[711, 632, 71, 0], [73, 8, 0, 0]]) % 50
embedding = layers.Embedding(
    input_dim=50, output_dim=2, mask_zero=True, embeddings_initializer="ones"
)
embedding.build((None, 4))
embedding.set_weights([np.arange(100.0).reshape(50, 2)])
masked_output = embedding(padded_inputs)
print(embedding.compute_mask(padded_inputs).numpy())
print(layers.GlobalAveragePooling1D()(masked_output).numpy())
model = keras.Sequential([
    keras.Input((4,)),
    embedding,
    layers.GlobalAveragePooling1D(),
    layers.Dense(1, kernel_initializer="ones"),
])
print(model.predict(padded_inputs, verbose=0).ravel())
masking_layer = layers.Masking(mask_value=0.0)
x = np.array([[[1.0, 2.0], [0.0, 0.0], [3.0, 5.0]]])
print(masking_layer(x).numpy()[0, 1], masking_layer.compute_mask(x).numpy())
print(layers.GlobalAveragePooling1D()(masking_layer(x)).numpy())
