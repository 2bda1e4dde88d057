"""Rows chosen."""

import steepest as st

dataset = st.data.Dataset.range(10)
print([int(x) for x in dataset.filter(lambda x: x % 3 == 1)])
pairs = st.data.Dataset.from_tensor_slices(([1.0, -2.0, 3.0], [0, 1, 0]))
print([(float(x), int(y)) for x, y in pairs.filter(lambda x, y: y == 0)])


def small(x):
    return st.math.less(x, 3)


print([int(x) for x in dataset.filter(small).map(lambda x: x * x).as_numpy_iterator()])
print([int(x) for x in dataset.take_while(lambda x: x < 4)])
