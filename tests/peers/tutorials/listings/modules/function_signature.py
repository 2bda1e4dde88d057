"""An input signature."""

import steepest as st


@st.function(input_signature=(st.TensorSpec(shape=[None], dtype=st.int32),))
def next_collatz(x):
    return st.where(x % 2 == 0, x // 2, 3 * x + 1)


print(next_collatz(st.constant([1, 2])).numpy(), next_collatz(st.constant([3, 4, 5])).numpy())
try:
    next_collatz(st.constant([[1, 2], [3, 4]]))
except (TypeError, ValueError):
    print("another rank")


@st.function(input_signature=[st.TensorSpec((None, 2), st.float32), st.TensorSpec((), st.float32)])
def scale(x, factor):
    return st.reduce_mean(x * factor, axis=0)


print(scale(st.constant([[1.0, 2.0], [3.0, 4.0]]), st.constant(2.0)).numpy())
