"""Strings as one-hot rows."""

import numpy as np
from steepest.keras import layers

import steepest as st

data = st.constant([["a"], ["b"], ["c"], ["b"], ["c"], ["a"]])
lookup = layers.StringLookup(output_mode="one_hot")
lookup.adapt(data)
test_data = st.constant([["a"], ["b"], ["c"], ["d"], ["e"], [""]])
encoded_data = lookup(test_data)
print(encoded_data.numpy())
print(len(lookup.get_vocabulary()))
multi = layers.StringLookup(vocabulary=["red", "green", "blue"], output_mode="multi_hot")
print(multi(np.array([["red", "blue"], ["green", "pink"]])).numpy())
count = layers.StringLookup(vocabulary=["red", "green", "blue"], output_mode="count")
print(count(np.array([["red", "red", "pink"]])).numpy())
