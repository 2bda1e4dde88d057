"""Second derivatives."""

import steepest as st

x = st.Variable(1.0)
with st.GradientTape() as t2:
    with st.GradientTape() as t1:
        y = x * x * x
    dy_dx = t1.gradient(y, x)
d2y_dx2 = t2.gradient(dy_dx, x)
print(dy_dx.numpy(), d2y_dx2.numpy())
w = st.Variable([[0.5, -0.2], [0.1, 0.3]])
v = st.constant([[1.0, 2.0]])
with st.GradientTape() as outer:
    with st.GradientTape() as inner:
        inner.watch(v)
        loss = st.reduce_sum(st.tanh(v @ w))
    g = inner.gradient(loss, v)
    penalty = st.reduce_sum(g**2)
print(outer.gradient(penalty, w).numpy())
