"""Random numbers from a seed."""

import numpy as np

import steepest as st

g1 = st.random.Generator.from_seed(1)
first = g1.normal(shape=[2, 3])
g2 = st.random.Generator.from_seed(1)
print(first.shape, np.array_equal(first.numpy(), g2.normal(shape=[2, 3]).numpy()))
print(np.array_equal(first.numpy(), g1.normal(shape=[2, 3]).numpy()))
st.random.set_seed(5)
a = st.random.uniform([3])
st.random.set_seed(5)
b = st.random.uniform([3])
print(np.array_equal(a.numpy(), b.numpy()))
numbers = g1.uniform([10000], minval=2.0, maxval=4.0).numpy()
print(abs(numbers.mean() - 3) < 0.05, numbers.min() >= 2, numbers.max() < 4)
