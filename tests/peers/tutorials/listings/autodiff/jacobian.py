"""A Jacobian."""

import steepest as st

x = st.linspace(-10.0, 10.0, 5)
delta = st.Variable(0.0)
with st.GradientTape() as tape:
    y = st.nn.sigmoid(x + delta)
print(tape.jacobian(y, delta).numpy())
layer = st.keras.layers.Dense(2, activation="relu", kernel_initializer="ones")
x = st.constant([[1.0, 2.0, 3.0], [0.0, -1.0, 4.0]])
with st.GradientTape() as tape:
    y = layer(x)
j = tape.jacobian(y, layer.kernel)
print(j.shape, st.reduce_sum(j, axis=[0, 1]).numpy())
