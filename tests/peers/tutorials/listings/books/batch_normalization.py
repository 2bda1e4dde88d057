"""Batch normalisation before the activation."""

import numpy as np

from steepest import keras

model = keras.models.Sequential([
    keras.layers.Flatten(input_shape=[2, 2]),
    keras.layers.BatchNormalization(),
    keras.layers.Dense(3, use_bias=False, kernel_initializer=keras.initializers.Constant(0.5)),
    keras.layers.BatchNormalization(momentum=0.9),
    keras.layers.Activation("relu"),
    keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros"),
])
bn1 = model.layers[1]
print([(var.name, var.trainable) for var in bn1.variables])
X, y = np.linspace(0, 5, 32).reshape(8, 2, 2) ** 2, np.arange(8) % 2
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.1),
    metrics=["accuracy"],
)
print(model.fit(X, y, epochs=3, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(bn1.moving_mean.numpy(), bn1.moving_variance.numpy())
print(model.predict(X[:2], verbose=0), model.count_params())
