"""Labels of pictures and a probability model."""

import numpy as np

from steepest import keras

class_names = ["shirt", "shoe", "bag"]
images = np.zeros((12, 4, 4))
labels = np.arange(12) % 3
for i, label in enumerate(labels):
    images[i, label] = 200 + 4 * i
images = images / 255.0
model = keras.Sequential([
    keras.layers.Flatten(input_shape=(4, 4)),
    keras.layers.Dense(8, activation="relu", kernel_initializer=keras.initializers.Constant(0.2)),
    keras.layers.Dense(3),
])
model.layers[-1].set_weights([np.linspace(-1, 1, 24).reshape(8, 3), np.zeros(3)])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(images, labels, epochs=10, shuffle=False, verbose=0)
test_loss, test_acc = model.evaluate(images, labels, verbose=0)
print(test_loss, test_acc)
probability_model = keras.Sequential([model, keras.layers.Softmax()])
predictions = probability_model.predict(images, verbose=0)
print(predictions[0], class_names[np.argmax(predictions[0])])
img = np.expand_dims(images[1], 0)
print(img.shape, probability_model.predict(img, verbose=0))
