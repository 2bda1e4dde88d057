"""A learning rate set in the loop."""

import numpy as np

import steepest as st
from steepest import keras

w = st.Variable([2.0, -3.0])
optimizer = keras.optimizers.SGD(learning_rate=0.1)
for step in range(4):
    optimizer.learning_rate.assign(0.1 / (1 + step))
    with st.GradientTape() as tape:
        loss = st.reduce_sum(w**2)
    optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    print(float(optimizer.learning_rate), float(loss), w.numpy())
schedule = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=2, decay_rate=0.9)
optimizer = keras.optimizers.SGD(schedule)
for step in range(2):
    optimizer.apply_gradients([(st.ones(2), w)])
    print(np.round(float(optimizer.learning_rate), 6), w.numpy(), int(optimizer.iterations))
