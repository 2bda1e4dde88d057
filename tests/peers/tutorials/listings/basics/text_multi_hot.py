"""Text as a multi-hot row."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras

text = ["python list index", "java class", "python dict", "java list class"]
label = np.array([0, 1, 0, 1])
binary_vectorize_layer = layers.TextVectorization(max_tokens=20, output_mode="multi_hot")
binary_vectorize_layer.adapt(text)
x = binary_vectorize_layer(st.constant(text))
print(x.shape, x.numpy().sum(axis=1))
binary_model = keras.Sequential([layers.Dense(2, kernel_initializer="zeros")])
binary_model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.SGD(0.5),
    metrics=["accuracy"],
)
history = binary_model.fit(x, label, epochs=3, verbose=0)
print(sorted(history.history.items()))
print(st.argmax(binary_model(binary_vectorize_layer(["python class list dict"])), axis=1).numpy())
