"""Rows of arrays."""

import numpy as np

import steepest as st

dataset = st.data.Dataset.from_tensor_slices([8, 3, 0, 8, 2, 1])
for elem in dataset:
    print(elem.numpy())
print(len(dataset), next(iter(dataset)).numpy())
x, y = np.arange(6.0).reshape(3, 2), np.array(["a", "b", "c"])
for row, label in st.data.Dataset.from_tensor_slices((x, y)):
    print(row.numpy(), label.numpy())
print([element.numpy().shape for element in st.data.Dataset.from_tensors(x)])
print(list(st.data.Dataset.range(2, 10, 3).as_numpy_iterator()))
