"""Rows of equal length from lists."""

import numpy as np

from steepest import keras

raw_inputs = [[711, 632, 71], [73, 8, 3215, 55, 927], [83, 91, 1, 645, 1253, 927]]
padded_inputs = keras.utils.pad_sequences(raw_inputs, padding="post")
print(padded_inputs)
print(keras.utils.pad_sequences(raw_inputs, maxlen=4))
print(
    keras.utils.pad_sequences(
        raw_inputs, maxlen=4, truncating="post", padding="post", value=-1, dtype="float32"
    )
)
print(keras.preprocessing.sequence.pad_sequences([[1], [2, 3]]).tolist(), np.shape(padded_inputs))
