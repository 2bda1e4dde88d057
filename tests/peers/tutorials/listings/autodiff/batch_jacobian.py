"""Jacobians of each row."""

import steepest as st

x = st.reshape(st.range(6.0) / 6, (3, 2))
layer1 = st.keras.layers.Dense(3, activation="elu", kernel_initializer="ones")
layer2 = st.keras.layers.Dense(2, activation="tanh", kernel_initializer="ones")
with st.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
    tape.watch(x)
    y = layer2(layer1(x))
print(y.shape)
jb = tape.batch_jacobian(y, x)
print(jb.shape, jb.numpy()[0])
j = tape.jacobian(y, x)
print(j.shape, st.einsum("bibj->bij", j).numpy()[2])
