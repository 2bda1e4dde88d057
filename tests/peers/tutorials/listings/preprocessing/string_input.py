"""A model that takes strings."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras

text = np.array(["good film", "bad film", "very good", "bad bad day"])
label = np.array([1.0, 0.0, 1.0, 0.0])[:, None]
vectorizer = layers.TextVectorization(output_mode="multi_hot")
vectorizer.adapt(text)
inputs = keras.Input(shape=(1,), dtype="string")
x = vectorizer(inputs)
outputs = layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy", metrics=["accuracy"])
dataset = st.data.Dataset.from_tensor_slices((text[:, None], label)).batch(4)
print(model.fit(dataset, epochs=2, verbose=0).history["loss"])
print(model.predict(st.constant([["good day"], ["bad"]]), verbose=0))
