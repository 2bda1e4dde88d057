"""Gathering and scattering."""

import steepest as st

params = st.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
print(st.gather(params, [2, 0]).numpy(), st.gather(params, [1], axis=1).numpy().ravel())
print(st.gather_nd(params, [[0, 1], [2, 0]]).numpy())
print(st.gather(params, [[1], [0], [1]], axis=1, batch_dims=1).numpy().ravel())
print(st.scatter_nd([[4], [3], [1], [7]], [9, 10, 11, 12], [8]).numpy())
t = st.zeros([4, 2])
print(st.tensor_scatter_nd_update(t, [[1], [3]], [[1.0, 2.0], [3.0, 4.0]]).numpy())
print(st.tensor_scatter_nd_add(st.ones(5), [[0], [0], [4]], [1.0, 2.0, 3.0]).numpy())
print(st.math.unsorted_segment_sum(st.constant([1.0, 2.0, 3.0]), [0, 1, 0], 2).numpy())
