"""A validation loop."""

import numpy as np

import steepest as st
from steepest import keras

inputs = keras.Input(shape=(4,))
outputs = keras.layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.1))(inputs)
model = keras.Model(inputs, outputs)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
val_acc_metric = keras.metrics.SparseCategoricalAccuracy()
x = np.linspace(-1, 1, 80).reshape(20, 4).astype("float32")
y = (x[:, 0] > 0).astype("int32")
val_dataset = st.data.Dataset.from_tensor_slices((x, y)).batch(6)


@st.function
def test_step(x, y):
    val_logits = model(x, training=False)
    val_acc_metric.update_state(y, val_logits)
    return loss_fn(y, val_logits)


losses = [float(test_step(x_batch_val, y_batch_val)) for x_batch_val, y_batch_val in val_dataset]
val_acc = val_acc_metric.result()
val_acc_metric.reset_state()
print(losses)
print("Validation acc: %.4f" % float(val_acc))
