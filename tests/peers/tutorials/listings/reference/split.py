"""A data set split in two."""

import numpy as np

import steepest as st
from steepest import keras

data = np.arange(20.0).reshape(10, 2)
left_ds, right_ds = keras.utils.split_dataset(data, left_size=0.8)
print(int(left_ds.cardinality()), int(right_ds.cardinality()))
print([row.numpy().tolist() for row in right_ds])
x, y = np.arange(6.0), np.arange(6) % 2
left, right = keras.utils.split_dataset((x, y), left_size=2, right_size=3)
print([(float(a), int(b)) for a, b in left], len(right))
shuffled, rest = keras.utils.split_dataset(
    st.data.Dataset.range(10), right_size=0.3, shuffle=True, seed=1
)
print(len(shuffled), len(rest), sorted([int(v) for v in shuffled] + [int(v) for v in rest]))
