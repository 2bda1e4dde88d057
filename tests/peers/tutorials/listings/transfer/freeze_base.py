"""A frozen base with a new head."""

import numpy as np

from steepest import keras

base_model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(
            6, activation="relu", kernel_initializer=keras.initializers.Constant(0.25)
        ),
    ],
    name="base",
)
base_model.trainable = False
inputs = keras.Input(shape=(4,))
x = base_model(inputs, training=False)
x = keras.layers.Dropout(0.0)(x)
outputs = keras.layers.Dense(1, kernel_initializer="zeros")(x)
model = keras.Model(inputs, outputs)
model.compile(
    keras.optimizers.Adam(0.05),
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy()],
)
x, y = np.linspace(-1, 1, 32).reshape(8, 4), np.array([0, 0, 0, 0, 1, 1, 1, 1])[:, None]
print(sorted(model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0).history.items()))
print(base_model.get_weights()[0][0, :2], len(model.trainable_variables))
