"""Arithmetic with tensors."""

import steepest as st

a = st.constant([[1, 2], [3, 4]])
b = st.constant([[1, 1], [1, 1]])
print(st.add(a, b).numpy(), st.multiply(a, b).numpy(), st.matmul(a, b).numpy())
print((a + b).numpy(), (a * b).numpy(), (a @ b).numpy())
x = st.constant([[4.0, 5.0], [10.0, 1.0]])
print(st.reduce_max(x).numpy(), st.math.argmax(x).numpy(), st.nn.softmax(x).numpy())
y = st.constant([1.0, 2.0, 3.0])
print(
    (y**2).numpy(),
    (1 / y).numpy(),
    (-y).numpy(),
    (y // 2).numpy(),
    (y % 2).numpy(),
    abs(y - 2).numpy(),
)
print(st.sqrt(y).numpy(), st.exp(y).numpy(), st.math.log(y).numpy(), st.math.square(y).numpy())
print(st.math.floor(y / 2).numpy(), st.math.sigmoid(y).numpy(), st.tanh(y).numpy())
print(
    st.math.divide_no_nan(y, [1.0, 0.0, 2.0]).numpy(),
    st.math.cumsum(y).numpy(),
    st.math.squared_difference(y, 1.0).numpy(),
)
