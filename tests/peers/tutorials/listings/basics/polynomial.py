"""A polynomial by gradient descent."""

import numpy as np

import steepest as st

x = np.linspace(-1, 1, 50).astype("float32")
y = 0.5 * x**3 - x + 0.25
num_coeffs = 4
w = st.Variable([0.0] * num_coeffs, name="parameters")


def model(X, w):
    terms = []
    for i in range(num_coeffs):
        terms.append(st.multiply(w[i], st.pow(X, i)))
    return st.add_n(terms)


for epoch in range(50):
    with st.GradientTape() as tape:
        cost = st.reduce_mean(st.pow(y - model(x, w), 2))
    w.assign_sub(0.3 * tape.gradient(cost, w))
print(w.numpy())
print(cost.numpy())
