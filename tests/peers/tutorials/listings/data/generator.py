"""Rows from a Python generator."""

import numpy as np

import steepest as st


def count(stop):
    i = 0
    while i < stop:
        yield i
        i += 1


ds_counter = st.data.Dataset.from_generator(
    count, args=[25], output_types=st.int32, output_shapes=()
)
for count_batch in ds_counter.repeat().batch(10).take(3):
    print(count_batch.numpy())


def rows():
    for i in range(3):
        yield i, np.full(2, i / 2, "float32")


signature = (st.TensorSpec(shape=(), dtype=st.int32), st.TensorSpec(shape=(2,), dtype=st.float32))
for i, row in st.data.Dataset.from_generator(rows, output_signature=signature):
    print(i.numpy(), row.numpy())
