"""Shapes changed."""

import steepest as st

x = st.constant([[1], [2], [3]])
print(x.shape.as_list(), st.reshape(x, [1, 3]).numpy())
r = st.reshape(st.range(30), (3, 2, 5))
print(st.reshape(r, [-1]).shape, st.reshape(r, [3 * 2, 5])[1].numpy(), st.reshape(r, [3, -1]).shape)
print(st.transpose(x).numpy(), st.transpose(r, perm=[2, 0, 1]).shape)
print(
    st.expand_dims(x, axis=0).shape,
    st.squeeze(x).numpy(),
    st.expand_dims(st.constant(3.0), -1).numpy(),
)
try:
    st.reshape(r, [7, -1])
except Exception:
    print("30 values do not fit into 7 rows")
