"""Rows of unequal length."""

import steepest as st

dataset = st.data.Dataset.range(1, 5)
dataset = dataset.map(lambda x: st.fill([st.cast(x, st.int32)], x))
for batch in dataset.padded_batch(2, padded_shapes=(None,)):
    print(batch.numpy())
for batch in dataset.padded_batch(4, padded_shapes=(6,), padding_values=st.constant(-1, st.int64)):
    print(batch.numpy())
