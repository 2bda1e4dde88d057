"""Derivatives through if and loops."""

import steepest as st

x = st.constant(1.0)
v0 = st.Variable(2.0)
v1 = st.Variable(2.0)
with st.GradientTape(persistent=True) as tape:
    tape.watch(x)
    if x > 0.0:
        result = v0
    else:
        result = v1**2
dv0, dv1 = tape.gradient(result, [v0, v1])
print(float(dv0), dv1, tape.gradient(result, x))
with st.GradientTape() as tape:
    y = v0
    for _ in range(3):
        y = y * v0
print(float(tape.gradient(y, v0)))


@st.function
def f(x):
    with st.GradientTape() as tape:
        tape.watch(x)
        y = st.cond(x > 2.0, lambda: x**2, lambda: 3.0 * x)
    return tape.gradient(y, x)


print(float(f(st.constant(1.0))), float(f(st.constant(4.0))))
