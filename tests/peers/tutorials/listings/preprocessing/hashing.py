"""Integers and strings in hash buckets."""

import numpy as np
from steepest.keras import layers

import steepest as st

layer = layers.Hashing(num_bins=3)
print(layer(st.constant([["A"], ["B"], ["C"], ["D"], ["E"]])).numpy().ravel())
data = np.array([[3], [41], [500], [3]])
hashed = layers.Hashing(num_bins=64)(data)
print(hashed.numpy().ravel())
print(
    layers.Hashing(num_bins=4, output_mode="one_hot")(np.array([["a"], ["b"]])).numpy().sum(axis=1)
)
print(layers.Hashing(num_bins=8, salt=1337)(np.array([["a"], ["b"]])).numpy().ravel())
