"""Random numbers that depend on the seed only."""

import numpy as np

import steepest as st

a = st.random.stateless_normal([4], seed=(1, 2)).numpy()
b = st.random.stateless_normal([4], seed=(1, 2)).numpy()
c = st.random.stateless_uniform([4], seed=(1, 3)).numpy()
print(np.array_equal(a, b), np.array_equal(a, c))
seeds = st.keras.random.SeedGenerator(7)
x, y = st.keras.random.normal((3,), seed=seeds), st.keras.random.normal((3,), seed=seeds)
print(np.array_equal(x.numpy(), y.numpy()))
print(
    np.array_equal(
        st.keras.random.uniform((2,), seed=3).numpy(), st.keras.random.uniform((2,), seed=3).numpy()
    )
)
print(st.keras.random.randint((5,), 0, 3, seed=1).numpy().max() < 3)
