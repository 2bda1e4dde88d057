"""Stacking, joining, splitting."""

import steepest as st

a, b = st.constant([[1, 2], [3, 4]]), st.constant([[5, 6], [7, 8]])
print(st.concat([a, b], axis=0).numpy(), st.concat([a, b], axis=1).numpy())
print(st.stack([a, b]).shape, st.stack([a, b], axis=-1).numpy())
left, right = st.split(a, 2, axis=1)
print(left.numpy().ravel(), right.numpy().ravel())
print([t.numpy().tolist() for t in st.split(st.range(6), [1, 2, 3])])
print([t.numpy().tolist() for t in st.unstack(a)])
print(
    st.pad(a, [[1, 0], [0, 1]]).numpy(),
    st.reverse(a, [0]).numpy(),
    st.roll(a, shift=1, axis=1).numpy(),
)
