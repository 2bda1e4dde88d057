"""A fold over rows."""

import numpy as np

import steepest as st

dataset = st.data.Dataset.range(6)
print(dataset.reduce(np.int64(0), lambda state, value: state + value).numpy())
print(dataset.reduce(np.int64(0), lambda count, _: count + 1).numpy())
floats = st.data.Dataset.from_tensor_slices([2.0, 4.0, 9.0])
total, largest = floats.reduce(
    (0.0, -1.0), lambda state, x: (state[0] + x, st.maximum(state[1], x))
)
print(float(total), float(largest))
running = floats.scan(initial_state=0.0, scan_func=lambda state, x: (state + x, state + x))
print([float(x) for x in running])
