"""A tape used twice."""

import steepest as st

x = st.constant([1, 3.0])
with st.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x * x
    z = y * y
print(tape.gradient(z, x).numpy())
print(tape.gradient(y, x).numpy())
del tape
with st.GradientTape() as tape:
    tape.watch(x)
    y = st.reduce_sum(x)
tape.gradient(y, x)
try:
    tape.gradient(y, x)
except RuntimeError:
    print("a tape is used once")
