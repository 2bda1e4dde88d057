"""Zeros for what is not connected."""

import steepest as st

x = st.Variable([2.0, 2.0])
y = st.Variable(3.0)
with st.GradientTape() as tape:
    z = y**2
print(tape.gradient(z, x, unconnected_gradients=st.UnconnectedGradients.ZERO).numpy())
with st.GradientTape() as tape:
    z = y**2
gradients = tape.gradient(z, [x, y], unconnected_gradients="zero")
print([g.numpy().tolist() for g in gradients])
