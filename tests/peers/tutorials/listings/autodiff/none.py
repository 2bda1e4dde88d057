"""Gradients that are None."""

import numpy as np

import steepest as st

x = st.Variable([[1.0, 2.0], [3.0, 4.0]], dtype=st.float32)
with st.GradientTape() as tape:
    x2 = x**2
    y = np.mean(x2, axis=0)
    y = st.reduce_mean(y, axis=0)
print(tape.gradient(y, x))
i = st.Variable(2.0)
for epoch in range(2):
    with st.GradientTape() as tape:
        y = i + 1
    print(type(i).__name__.replace("ResourceVariable", "Variable"), float(tape.gradient(y, i) or 0))
    i = i + 1
a, b = st.Variable(1.0), st.Variable(2.0)
with st.GradientTape() as tape:
    z = b * b
print(tape.gradient(z, [a, b])[0])
