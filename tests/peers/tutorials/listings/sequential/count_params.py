"""The number of parameters, layer by layer."""

from steepest import keras

model = keras.models.Sequential()
model.add(keras.layers.Flatten(input_shape=[28, 28]))
model.add(keras.layers.Dense(300, activation="relu"))
model.add(keras.layers.Dense(100, activation="relu"))
model.add(keras.layers.Dense(10, activation="softmax"))
for layer in model.layers:
    print(layer.count_params())
print("total", model.count_params())
weights, biases = model.layers[1].get_weights()
print(weights.shape, biases.shape, biases.sum())
