"""Rows as dictionaries."""

import numpy as np
import pandas as pd

import steepest as st

frame = pd.DataFrame({"age": [30, 40, 50], "weight": [60.5, 70.5, 80.5], "target": [0, 1, 0]})
target = frame.pop("target")
dataset = st.data.Dataset.from_tensor_slices((dict(frame), target)).batch(2)
for features, label in dataset:
    print({key: value.numpy().tolist() for key, value in features.items()}, label.numpy())


def pack(features, label):
    return st.stack([st.cast(value, st.float32) for value in features.values()], axis=-1), label


packed = dataset.map(pack)
print([x.numpy().tolist() for x, y in packed.take(1)])
print(np.concatenate([y.numpy() for x, y in dataset]))
