"""`optimizer.apply` with variables known before."""

import steepest as st
from steepest import keras

v1, v2 = st.Variable([1.0, 2.0]), st.Variable(3.0)
optimizer = keras.optimizers.Adam(0.1)
optimizer.build([v1, v2])
with st.GradientTape() as tape:
    loss = st.reduce_sum(v1 * v1) * v2
grads = tape.gradient(loss, [v1, v2])
optimizer.apply(grads)
print(v1.numpy(), v2.numpy(), int(optimizer.iterations))
optimizer.apply_gradients(zip(grads, [v1, v2]))
print(v1.numpy(), v2.numpy(), len(optimizer.variables))
