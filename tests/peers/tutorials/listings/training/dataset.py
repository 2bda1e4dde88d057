"""Training on a `tf.data` pipeline."""

import numpy as np

import steepest as st
from steepest import keras

x = np.linspace(-1, 1, 40).reshape(20, 2).astype("float32")
y = (x.sum(axis=1) > 0).astype("int64")
train_dataset = st.data.Dataset.from_tensor_slices((x, y))
train_dataset = train_dataset.batch(8)
test_dataset = st.data.Dataset.from_tensor_slices((x, y)).batch(4)
model = keras.Sequential([
    keras.layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.3)),
    keras.layers.Dense(2, kernel_initializer="zeros"),
])
model.compile(
    "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
)
print(
    sorted(
        model.fit(train_dataset, epochs=3, validation_data=test_dataset, verbose=0).history.items()
    )
)
print(model.evaluate(test_dataset, verbose=0))
print(model.predict(test_dataset, verbose=0).shape)
