"""Rows with numbers."""

import steepest as st

dataset = st.data.Dataset.from_tensor_slices([4.0, 5.0, 6.0])
for index, value in dataset.enumerate(start=5):
    print(int(index), float(value))
even = dataset.enumerate().filter(lambda i, x: i % 2 == 0).map(lambda i, x: x)
print([float(x) for x in even])
print([(i, float(x)) for i, x in enumerate(dataset)])
