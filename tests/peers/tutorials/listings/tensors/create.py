"""Constants, ranks and shapes."""

import numpy as np

import steepest as st

rank_0_tensor = st.constant(4)
print(rank_0_tensor.numpy(), rank_0_tensor.shape, rank_0_tensor.dtype == st.int32)
rank_1_tensor = st.constant([2.0, 3.0, 4.0])
print(rank_1_tensor.numpy(), rank_1_tensor.shape)
rank_2_tensor = st.constant([[1, 2], [3, 4], [5, 6]], dtype=st.float16)
print(rank_2_tensor.numpy().dtype, rank_2_tensor.shape)
rank_4_tensor = st.zeros([3, 2, 4, 5])
print(
    rank_4_tensor.ndim,
    rank_4_tensor.shape[0],
    rank_4_tensor.shape[-1],
    st.size(rank_4_tensor).numpy(),
)
print(
    st.rank(rank_4_tensor).numpy(), st.shape(rank_4_tensor).numpy(), rank_4_tensor.shape.as_list()
)
print(np.array(rank_2_tensor).tolist(), st.convert_to_tensor([1, 2, 3]).numpy())
print(st.fill([2, 3], 9).numpy(), st.eye(2).numpy(), st.ones_like(rank_1_tensor).numpy())
