"""Epochs one after another."""

import steepest as st

dataset = st.data.Dataset.range(3)
print([int(x) for x in dataset.repeat(2)])
print([int(x) for x in dataset.repeat().take(7)])
print([b.numpy().tolist() for b in dataset.repeat(2).batch(4)])
print([b.numpy().tolist() for b in dataset.batch(2).repeat(2)])
