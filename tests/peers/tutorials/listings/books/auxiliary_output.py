"""An output for regularisation."""

import numpy as np

from steepest import keras

input_A = keras.layers.Input(shape=[2], name="wide_input")
input_B = keras.layers.Input(shape=[3], name="deep_input")
hidden = keras.layers.Dense(
    4, activation="relu", kernel_initializer=keras.initializers.Constant(0.3)
)(input_B)
concat = keras.layers.concatenate([input_A, hidden])
output = keras.layers.Dense(1, name="main_output", kernel_initializer="ones")(concat)
aux_output = keras.layers.Dense(1, name="aux_output", kernel_initializer="ones")(hidden)
model = keras.models.Model(inputs=[input_A, input_B], outputs=[output, aux_output])
model.compile(
    loss=["mse", "mse"],
    loss_weights=[0.9, 0.1],
    optimizer=keras.optimizers.SGD(learning_rate=1e-3),
    metrics=["mae", "mae"],
)
A, B, y = (
    np.linspace(0, 1, 16).reshape(8, 2),
    np.linspace(-1, 1, 24).reshape(8, 3),
    np.linspace(0, 2, 8)[:, None],
)
history = model.fit([A, B], [y, y], epochs=2, batch_size=4, shuffle=False, verbose=0)
print(sorted(history.history), history.history["loss"])
print(model.evaluate([A, B], [y, y], verbose=0))
y_pred_main, y_pred_aux = model.predict([A[:2], B[:2]], verbose=0)
print(y_pred_main.ravel(), y_pred_aux.ravel())
