"""Arrays and tensors in one expression."""

import numpy as np

import steepest as st

ndarray = np.ones([3, 3])
tensor = st.math.multiply(ndarray, 42)
print(tensor.numpy(), np.add(tensor, 1), tensor.numpy().sum())
print(
    (tensor * np.arange(3.0)).numpy()[0],
    np.array(st.constant([1, 2])),
    float(st.constant(2.5)),
    int(st.constant(7)),
)
a = st.constant(np.random.RandomState(0).rand(2, 2))
print(a.dtype.name, np.mean(a), a.numpy().T, len(a), [float(row[0]) for row in a])
print(st.convert_to_tensor(np.arange(3)).dtype.name, bool(st.constant(True)), st.is_tensor(a))
