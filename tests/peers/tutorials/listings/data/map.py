"""Rows changed."""

import steepest as st

dataset = st.data.Dataset.from_tensor_slices({"a": [1, 2, 3], "b": [10.0, 20.0, 30.0]})
mapped = dataset.map(
    lambda row: (row["a"] * 2, row["b"] + 0.5), num_parallel_calls=st.data.AUTOTUNE
)
print([(int(a), float(b)) for a, b in mapped])


def double(x, y):
    return st.cast(x, st.float32) / 10.0, y, x % 2 == 0


for item in mapped.map(double).batch(2):
    print([part.numpy().tolist() for part in item])


def python_square(x):
    return x.numpy() ** 2


squares = st.data.Dataset.range(4).map(lambda x: st.py_function(python_square, [x], st.int64))
print([int(x) for x in squares])
