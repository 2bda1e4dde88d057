"""Matrices multiplied in steps."""

import numpy as np

import steepest as st

x = st.constant(np.arange(6.0).reshape(2, 3), dtype=st.float32)
w = st.Variable(st.ones((3, 2)) * 0.5)
b = st.Variable(st.zeros(2))
z = st.matmul(x, w) + b
print(st.sigmoid(z).numpy(), st.nn.relu(z - 2).numpy(), st.nn.softmax(z).numpy())
print((x @ w).numpy(), st.matmul(w, x, transpose_a=True, transpose_b=True).numpy())
batch = st.reshape(st.range(8.0), (2, 2, 2))
print((batch @ batch).numpy())
print(st.nn.bias_add(z, [1.0, 2.0]).numpy(), st.matmul(x, x, transpose_b=True).numpy())
