"""Embeddings and pooling."""

import numpy as np
from steepest.keras import layers

from steepest import keras

model = keras.Sequential()
model.add(keras.Input((3,), dtype="int32"))
model.add(layers.Embedding(5, 2, embeddings_initializer="ones"))
model.layers[0].set_weights([np.arange(10.0).reshape(5, 2)])
input_array = np.array([[0, 1, 4], [2, 2, 3]])
print(model.predict(input_array, verbose=0))
print(
    layers.GlobalAveragePooling1D()(model(input_array)).numpy(),
    layers.GlobalMaxPooling1D()(model(input_array)).numpy(),
)
print(model.output_shape, model.layers[0].embeddings.shape)
model.add(layers.Flatten())
model.add(layers.Dense(1, kernel_initializer="ones"))
model.compile(keras.optimizers.SGD(0.001), "mse")
print(
    model.fit(input_array, np.array([1.0, 2.0]), epochs=2, shuffle=False, verbose=0).history["loss"]
)
print(model.layers[0].get_weights()[0])
