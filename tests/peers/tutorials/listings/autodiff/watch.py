"""A constant that is watched."""

import steepest as st

x0 = st.Variable(0.0)
x1 = st.Variable(10.0)
c = st.constant(3.0)
with st.GradientTape() as tape:
    tape.watch(c)
    y = c**2
print(float(tape.gradient(y, c)))
with st.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(x1)
    y0 = st.math.sin(x0)
    y1 = st.nn.softplus(x1)
    ys = st.reduce_sum(y0 + y1)
grad = tape.gradient(ys, {"x0": x0, "x1": x1})
print(grad["x0"], float(grad["x1"]))
print(len(tape.watched_variables()))
