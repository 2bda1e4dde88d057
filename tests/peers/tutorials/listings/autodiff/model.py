"""Gradients of the weights of a layer."""

import steepest as st

w = st.Variable(st.ones((3, 2)), name="w")
b = st.Variable(st.zeros(2, dtype=st.float32), name="b")
x = [[1.0, 2.0, 3.0]]
with st.GradientTape(persistent=True) as tape:
    y = x @ w + b
    loss = st.reduce_mean(y**2)
[dl_dw, dl_db] = tape.gradient(loss, [w, b])
print(dl_dw.numpy(), dl_db.numpy())
grad = tape.gradient(loss, {"w": w, "b": b})
print(grad["b"].numpy())
layer = st.keras.layers.Dense(2, activation="relu", kernel_initializer="ones")
x = st.constant([[1.0, 2.0, 3.0]])
with st.GradientTape() as tape:
    y = layer(x)
    loss = st.reduce_mean(y**2)
for var, g in zip(layer.trainable_variables, tape.gradient(loss, layer.trainable_variables)):
    print(var.name, g.shape, g.numpy().ravel())
