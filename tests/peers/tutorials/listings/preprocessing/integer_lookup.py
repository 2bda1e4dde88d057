"""Integers to indices."""

import numpy as np
from steepest.keras import layers

layer = layers.IntegerLookup(vocabulary=[12, 36, 1138, 42])
print(layer(np.array([[12, 1138, 42], [42, 1000, 36]])).numpy())
layer = layers.IntegerLookup()
layer.adapt(np.array([[12, 1138, 42], [42, 1000, 36]]))
print([int(word) for word in layer.get_vocabulary()], layer.vocabulary_size())
data = np.array([[10], [20], [20], [10], [22], [0]])
lookup = layers.IntegerLookup(output_mode="one_hot")
lookup.adapt(data)
test_data = np.array([[10], [10], [20], [50], [60], [0]])
print(lookup(test_data).numpy())
