"""The derivative of a square."""

import steepest as st

x = st.Variable(3.0)
with st.GradientTape() as tape:
    y = x**2
dy_dx = tape.gradient(y, x)
print(dy_dx.numpy())
with st.GradientTape() as tape:
    y = st.sin(x) * st.exp(-x) + st.math.log(x)
print(float(tape.gradient(y, x)))
a, b = st.Variable(2.0), st.Variable([1.0, 4.0])
with st.GradientTape() as tape:
    y = a * st.reduce_sum(b**3)
da, db = tape.gradient(y, [a, b])
print(float(da), db.numpy())
