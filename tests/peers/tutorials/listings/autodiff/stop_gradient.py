"""A gradient stopped."""

import steepest as st

x = st.Variable(2.0)
y = st.Variable(3.0)
with st.GradientTape() as t:
    y_sq = y**2
    z = x**2 + st.stop_gradient(y_sq)
grad = t.gradient(z, {"x": x, "y": y})
print(float(grad["x"]), grad["y"], float(z))
a = st.Variable([1.0, -2.0])
with st.GradientTape() as t:
    p = st.nn.sigmoid(a)
    straight = p + st.stop_gradient(st.round(p) - p)
    loss = st.reduce_sum(straight)
print(loss.numpy(), t.gradient(loss, a).numpy())
