"""Newton's method on a small function."""

import steepest as st

x = st.Variable([1.5, -1.0])
for step in range(4):
    with st.GradientTape() as t2:
        with st.GradientTape() as t1:
            loss = (x[0] - 1.0) ** 4 + x[0] ** 2 + 3.0 * x[1] ** 2 + x[0] * x[1]
        g = t1.gradient(loss, x)
    h = t2.jacobian(g, x)
    update = st.linalg.solve(h, g[:, st.newaxis])
    x.assign_sub(st.squeeze(update, -1))
    print(step, float(loss), x.numpy())
print(h.numpy())
