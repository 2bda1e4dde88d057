"""Features computed once."""

import numpy as np

import steepest as st
from steepest import keras

base = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(4, activation="relu", kernel_initializer="ones"),
])
x, y = np.linspace(0, 1, 24).reshape(8, 3), np.arange(8)[:, None] % 2
features = base.predict(x, batch_size=4, verbose=0)
print(features.shape, features[0])
head = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
head.compile("rmsprop", "binary_crossentropy")
dataset = st.data.Dataset.from_tensor_slices((features, y)).batch(4)
print(head.fit(dataset, epochs=2, verbose=0).history["loss"])
