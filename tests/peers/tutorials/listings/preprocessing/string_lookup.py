"""Strings to indices."""

import numpy as np
from steepest.keras import layers

import steepest as st

vocab = ["a", "b", "c", "d"]
data = st.constant([["a", "c", "d"], ["d", "z", "b"]])
layer = layers.StringLookup(vocabulary=vocab)
print(layer(data).numpy())
layer = layers.StringLookup()
layer.adapt(np.array([["a", "c", "d"], ["d", "z", "b"], ["d", "c", "d"]]))
print(layer.get_vocabulary())
print(layer(np.array([["d", "unknown", "a"]])).numpy())
two = layers.StringLookup(vocabulary=vocab, num_oov_indices=2, mask_token="")
print(two.vocabulary_size(), two(np.array(["a", "", "d"])).numpy())
