"""A penalty on input gradients."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.4)),
    keras.layers.Dense(1, kernel_initializer="ones"),
])
x = st.constant(np.linspace(-1, 1, 8).reshape(4, 2), dtype=st.float32)
with st.GradientTape() as t2:
    with st.GradientTape(watch_accessed_variables=False) as t1:
        t1.watch(x)
        y = model(x)
        out = st.reduce_mean(y**2)
    g1 = t1.gradient(out, x)
    g1_mag = st.norm(g1)
dg1_mag = t2.gradient(g1_mag, model.trainable_variables)
print(float(g1_mag))
for var, grad in zip(model.trainable_variables, dg1_mag):
    print(grad.shape, grad.numpy().ravel())
