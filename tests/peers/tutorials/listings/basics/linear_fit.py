"""A line fitted with a tape."""

import numpy as np

import steepest as st

TRUE_W, TRUE_B = 3.0, 2.0
x = np.linspace(-2, 2, 101).astype("float32")
y = x * TRUE_W + TRUE_B + 0.5 * np.sin(20 * x)
w, b = st.Variable(5.0), st.Variable(0.0)


@st.function
def train(x, y, learning_rate):
    with st.GradientTape() as t:
        loss = st.reduce_mean(st.square(y - (w * x + b)))
    dw, db = t.gradient(loss, [w, b])
    w.assign_sub(learning_rate * dw)
    b.assign_sub(learning_rate * db)
    return loss


for epoch in range(10):
    loss = train(x, y, learning_rate=0.1)
    if epoch % 3 == 0:
        print(epoch, float(loss), w.numpy(), b.numpy())
