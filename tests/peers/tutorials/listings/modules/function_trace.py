"""One trace per signature."""

import steepest as st

traces = []


@st.function
def double(a):
    traces.append(1)
    return a + a


print(
    double(st.constant(1)).numpy(),
    double(st.constant(1.1)).numpy(),
    double(st.constant([1.0, 2.0])).numpy(),
)
print(double(st.constant(5)).numpy(), double(st.constant([7.0, 8.0])).numpy(), len(traces))


@st.function(reduce_retracing=True, jit_compile=False)
def power(x, n):
    return x**n


print(power(st.constant(2.0), 3).numpy(), power(st.constant(2.0), 2).numpy())
