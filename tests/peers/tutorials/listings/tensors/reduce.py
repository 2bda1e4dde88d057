"""Sums, means, largest values."""

import steepest as st

x = st.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(
    st.reduce_sum(x).numpy(),
    st.reduce_sum(x, 0).numpy(),
    st.reduce_sum(x, axis=1, keepdims=True).numpy(),
)
print(
    st.reduce_mean(x, axis=[0, 1]).numpy(),
    st.reduce_max(x, axis=-1).numpy(),
    st.reduce_min(x).numpy(),
)
print(
    st.reduce_prod(x, 1).numpy(),
    st.math.reduce_std(x).numpy(),
    st.math.reduce_variance(x, 0).numpy(),
)
print(st.reduce_logsumexp(x, axis=1).numpy(), st.math.reduce_euclidean_norm(x).numpy())
print(
    st.reduce_all(x > 0).numpy(),
    st.reduce_any(x > 5, axis=1).numpy(),
    st.math.count_nonzero(x > 2).numpy(),
)
print(st.reduce_mean(st.constant([1, 2, 4])).numpy())
