"""A gradient of the user's own."""

import steepest as st


@st.custom_gradient
def clip_gradients(y):
    def backward(dy):
        return st.clip_by_norm(dy, 0.5)

    return y, backward


v = st.Variable(2.0)
with st.GradientTape() as t:
    output = clip_gradients(v * v)
print(float(t.gradient(output, v)))


@st.custom_gradient
def log1pexp(x):
    e = st.exp(x)

    def grad(upstream):
        return upstream * (1 - 1 / (1 + e))

    return st.math.log(1 + e), grad


x = st.constant(100.0)
with st.GradientTape() as g:
    g.watch(x)
    y = log1pexp(st.constant(0.0) + x / 10)
print(float(y), float(g.gradient(y, x)))
