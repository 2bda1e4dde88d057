"""Variables in a function."""

import steepest as st


class Count(st.Module):
    def __init__(self):
        self.count = None

    @st.function
    def __call__(self):
        if self.count is None:
            self.count = st.Variable(0)
        return self.count.assign_add(1)


c = Count()
print(c().numpy(), c().numpy())
v = st.Variable(1.0)


@st.function
def step(x):
    v.assign_add(x)
    with st.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v), v + 0.0


for value in (1.0, 2.0):
    gradient, now = step(st.constant(value))
    print(gradient.numpy(), now.numpy(), v.numpy())
