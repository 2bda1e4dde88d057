"""Text as rows of indices."""

import numpy as np

import steepest as st
from steepest import keras

text_dataset = st.data.Dataset.from_tensor_slices(["foo", "bar", "baz foo", "foo, foo Bar!"])
vectorize_layer = keras.layers.TextVectorization(
    max_tokens=5000, output_mode="int", output_sequence_length=4
)
vectorize_layer.adapt(text_dataset.batch(64))
print(vectorize_layer.get_vocabulary())
print(vectorize_layer(["foo qux bar", "qux baz"]).numpy())
given = keras.layers.TextVectorization(
    max_tokens=10, output_mode="int", vocabulary=["earth", "wind", "and", "fire"]
)
print(given(np.array([["earth wind and fire"], ["fire fire water"]])).numpy())
