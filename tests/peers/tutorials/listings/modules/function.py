"""A function that is compiled."""

import steepest as st


def a_regular_function(x, y, b):
    x = st.matmul(x, y)
    x = x + b
    return x


a_function_that_uses_a_graph = st.function(a_regular_function)
x1 = st.constant([[1.0, 2.0]])
y1 = st.constant([[2.0], [3.0]])
b1 = st.constant(4.0)
print(a_regular_function(x1, y1, b1).numpy(), a_function_that_uses_a_graph(x1, y1, b1).numpy())


@st.function
def outer_function(x):
    def inner(x):
        return st.matmul(x, st.constant([[2.0], [3.0]])) + 4.0

    return inner(x), {"sum": st.reduce_sum(x)}


result, extra = outer_function(x1)
print(result.numpy(), extra["sum"].numpy())
