"""Training and validation parts."""

import numpy as np

import steepest as st

x = np.arange(10.0)
dataset = st.data.Dataset.from_tensor_slices((x, x**2))
val_size = int(0.2 * len(dataset))
train_ds, val_ds = dataset.skip(val_size), dataset.take(val_size)
print(len(train_ds), len(val_ds), int(st.data.experimental.cardinality(train_ds).numpy()))
print([float(a) for a, b in val_ds], [float(b) for a, b in train_ds][:2])
print([int(v) for v in st.data.Dataset.range(9).shard(num_shards=3, index=1)])
left, right = st.keras.utils.split_dataset(x, left_size=0.7, shuffle=False)
print(len(left), len(right))
