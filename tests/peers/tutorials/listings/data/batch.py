"""Batches and what is left over."""

import steepest as st

dataset = st.data.Dataset.range(10)
print([b.tolist() for b in dataset.batch(4).as_numpy_iterator()])
print([b.tolist() for b in dataset.batch(4, drop_remainder=True).as_numpy_iterator()])
print([int(x) for x in dataset.batch(3).unbatch().as_numpy_iterator()])
print([b.shape for b in dataset.batch(2).batch(2).as_numpy_iterator()])
print([b.tolist() for b in dataset.batch(5).rebatch(4).as_numpy_iterator()])
