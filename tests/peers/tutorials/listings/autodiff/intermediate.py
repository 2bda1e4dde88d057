"""Gradients with respect to a result in the middle."""

import steepest as st

x = st.constant(3.0)
with st.GradientTape() as tape:
    tape.watch(x)
    y = x * x
    z = y * y
print(tape.gradient(z, y).numpy())
x = st.Variable(2.0)
with st.GradientTape() as tape:
    y0 = x**2
    y1 = 1 / x
print(tape.gradient({"y0": y0, "y1": y1}, x).numpy())
with st.GradientTape() as tape:
    y = x * [3.0, 4.0]
print(tape.gradient(y, x).numpy())
with st.GradientTape() as tape:
    r = x
print(float(tape.gradient(r, x)))
