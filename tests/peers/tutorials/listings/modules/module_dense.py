"""Dense layers written as modules that learn."""

import numpy as np

import steepest as st


class MyModel(st.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.w = st.Variable(5.0)
        self.b = st.Variable(0.0)

    def __call__(self, x):
        return self.w * x + self.b


def loss(target_y, predicted_y):
    return st.reduce_mean(st.square(target_y - predicted_y))


model = MyModel()
x = st.constant(np.linspace(-2, 2, 41), dtype=st.float32)
y = 3.0 * x + 2.0
for epoch in range(5):
    with st.GradientTape() as t:
        current_loss = loss(y, model(x))
    dw, db = t.gradient(current_loss, [model.w, model.b])
    model.w.assign_sub(0.1 * dw)
    model.b.assign_sub(0.1 * db)
    print(
        f"Epoch {epoch}: W = {model.w.numpy():1.4f}, b = {model.b.numpy():1.4f}, "
        f"loss={current_loss:2.5f}"
    )
