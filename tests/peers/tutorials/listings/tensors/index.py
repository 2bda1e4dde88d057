"""Indexing and slicing."""

import steepest as st

t = st.constant([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])
print(t[0].numpy(), t[-1].numpy(), t[:4].numpy(), t[2:7].numpy(), t[::2].numpy(), t[::-1].numpy())
m = st.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
print(m[1, 1].numpy(), m[1, :].numpy(), m[:, 1].numpy(), m[1:, :].numpy())
r = st.reshape(st.range(24), (2, 3, 4))
print(r[..., 0].numpy(), r[0, st.newaxis].shape, r[:, :, 3].numpy())
print(st.slice(t, begin=[1], size=[3]).numpy(), st.slice(r, [0, 1, 0], [1, 2, 2]).numpy())
print(st.strided_slice(t, [0], [10], [3]).numpy())
