"""`trainable` of a model and its layers."""

from steepest import keras

inner_model = keras.Sequential([
    keras.Input(shape=(3,)),
    keras.layers.Dense(3, activation="relu"),
    keras.layers.Dense(3, activation="relu"),
])
model = keras.Sequential([
    keras.Input(shape=(3,)),
    inner_model,
    keras.layers.Dense(3, activation="sigmoid"),
])
model.trainable = False
print(inner_model.trainable, inner_model.layers[0].trainable)
model.trainable = True
inner_model.trainable = False
print(len(model.trainable_weights), len(model.non_trainable_weights))
print(model.layers[1].trainable, inner_model.layers[1].trainable)
