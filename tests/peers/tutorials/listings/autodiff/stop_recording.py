"""A part that is not recorded."""

import steepest as st

x = st.Variable(2.0)
y = st.Variable(3.0)
with st.GradientTape() as t:
    x_sq = x * x
    with t.stop_recording():
        y_sq = y * y
    z = x_sq + y_sq
grad = t.gradient(z, {"x": x, "y": y})
print(float(grad["x"]), grad["y"])
reset = True
with st.GradientTape() as t:
    y_sq = y * y
    if reset:
        t.reset()
    z = x * x + y_sq
grad = t.gradient(z, {"x": x, "y": y})
print(float(grad["x"]), grad["y"])
