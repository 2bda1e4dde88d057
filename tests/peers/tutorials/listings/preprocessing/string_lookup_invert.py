"""Indices to strings."""

import numpy as np
from steepest.keras import layers

vocab = ["a", "b", "c", "d"]
layer = layers.StringLookup(vocabulary=vocab, invert=True)
print([[s.decode() for s in row] for row in layer(np.array([[1, 3, 4], [4, 0, 2]])).numpy()])
lookup = layers.StringLookup(vocabulary=vocab)
i_lookup = layers.StringLookup(vocabulary=lookup.get_vocabulary(), invert=True)
print([s.decode() for s in i_lookup(lookup(np.array(["c", "a", "x"]))).numpy()])
