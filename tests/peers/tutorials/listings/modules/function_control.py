"""Conditions and loops in a function."""

import steepest as st


@st.function
def simple_relu(x):
    if st.greater(x, 0):
        return x
    else:
        return 0


print(simple_relu(st.constant(1)).numpy(), simple_relu(st.constant(-1)).numpy())


@st.function
def collatz(n):
    steps = st.constant(0)
    while n > 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


print(collatz(st.constant(6)).numpy())


@st.function
def total(x):
    result = 0.0
    for i in st.range(st.shape(x)[0]):
        result += x[i] * st.cast(i, st.float32)
    return result


print(total(st.constant([1.0, 2.0, 3.0])).numpy())
