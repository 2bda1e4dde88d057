"""Random numbers of several distributions."""

import steepest as st

st.random.set_seed(1)
normal = st.random.normal([20000], mean=1.0, stddev=2.0).numpy()
print(normal.dtype, abs(normal.mean() - 1) < 0.1, abs(normal.std() - 2) < 0.1)
truncated = st.random.truncated_normal([20000]).numpy()
print(abs(truncated).max() <= 2, abs(truncated.std() - 0.88) < 0.05)
integers = st.random.uniform([1000], maxval=6, dtype=st.int32).numpy()
print(integers.dtype, sorted(set(integers.tolist())))
print(sorted(st.random.shuffle(st.range(6)).numpy().tolist()))
categories = st.random.categorical(st.math.log([[0.9, 0.1]]), 1000).numpy()
print(categories.shape, abs(categories.mean() - 0.1) < 0.05)
poisson, gamma = st.random.poisson([20000], 3.0).numpy(), st.random.gamma([20000], 2.0).numpy()
print(abs(poisson.mean() - 3) < 0.1, abs(gamma.mean() - 2) < 0.1)
