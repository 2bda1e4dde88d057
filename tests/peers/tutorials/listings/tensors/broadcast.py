"""Broadcasting."""

import steepest as st

x = st.constant([1, 2, 3])
print(st.multiply(x, 2).numpy(), (x * st.constant(2)).numpy(), (x * st.constant([2, 2, 2])).numpy())
x = st.reshape(x, [3, 1])
y = st.range(1, 5)
print(st.multiply(x, y).numpy())
print(st.broadcast_to(st.constant([1, 2, 3]), [3, 3]).numpy())
print(st.broadcast_static_shape(x.shape, y.shape))
print(st.tile([[1, 2]], [2, 2]).numpy(), st.repeat([1, 2], 2).numpy())
