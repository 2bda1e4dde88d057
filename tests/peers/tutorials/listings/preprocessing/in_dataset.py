"""A preprocessing layer in a pipeline."""

import numpy as np

import steepest as st
from steepest import keras

normalizer = keras.layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 4.0])
encoder = keras.layers.CategoryEncoding(num_tokens=3, output_mode="one_hot")
x, y = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 0.0]], "float32"), np.array([0, 2, 1])
dataset = st.data.Dataset.from_tensor_slices((x, y)).batch(2)
dataset = dataset.map(lambda features, label: (normalizer(features), encoder(label)))
for features, label in dataset.prefetch(st.data.AUTOTUNE):
    print(features.numpy().tolist(), label.numpy().tolist())
