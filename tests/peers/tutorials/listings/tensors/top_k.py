"""Sorting and the largest k."""

import steepest as st

x = st.constant([[3.0, 9.0, 1.0, 7.0], [2.0, 8.0, 6.0, 4.0]])
values, indices = st.math.top_k(x, k=2)
print(values.numpy(), indices.numpy())
print(
    st.sort(x, axis=-1).numpy(), st.sort(x, direction="DESCENDING").numpy(), st.argsort(x).numpy()
)
print(st.math.in_top_k([1, 3], x, k=1).numpy(), st.nn.top_k(x[0], 3).indices.numpy())
print(st.searchsorted([1.0, 3.0, 5.0], [2.0, 5.0]).numpy())
