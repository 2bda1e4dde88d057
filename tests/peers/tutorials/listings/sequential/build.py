"""`build` with an input shape."""

from steepest import keras

model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.build(input_shape=(None, 16))
print(model.count_params())
for weight in model.weights:
    print(weight.name, weight.shape)
print(model.layers[0].kernel.shape, model.layers[1].bias.numpy())
