"""Minimum by gradient descent by hand."""

import steepest as st

x = st.Variable(0.5)
learning_rate = 0.05
for i in range(30):
    with st.GradientTape() as g:
        y = x**3 - 3.0 * x + 1.0
    x.assign_sub(learning_rate * g.gradient(y, x))
print(x.numpy(), float(y))
opt = st.keras.optimizers.Adam(learning_rate=0.1)
point = st.Variable([3.0, 4.0])
for _ in range(20):
    with st.GradientTape() as g:
        loss = (1 - point[0]) ** 2 + 10 * (point[1] - point[0] ** 2) ** 2 / 100
    opt.apply_gradients([(g.gradient(loss, point), point)])
print(point.numpy(), float(loss))
