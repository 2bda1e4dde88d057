"""Decay, clipping, averages."""

import numpy as np

import steepest as st
from steepest import keras

x, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(0, 3, 8)
for options in (
    {"weight_decay": 0.1},
    {"clipnorm": 0.1},
    {"use_ema": True, "ema_momentum": 0.5},
    {"gradient_accumulation_steps": 2},
    {"use_ema": True, "ema_overwrite_frequency": 2},
):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1, **options), "mse")
    model.fit(x, y, epochs=2, batch_size=2, shuffle=False, verbose=0)
    print(sorted(options), model.get_weights()[0].ravel(), model.get_weights()[1])
optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
w, bias = st.Variable([1.0, 2.0], name="w"), st.Variable([1.0], name="bias")
optimizer.exclude_from_weight_decay(var_names=["bias"])
optimizer.apply_gradients([(st.zeros(2), w), (st.zeros(1), bias)])
print(w.numpy(), bias.numpy())
