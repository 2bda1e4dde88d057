"""A log in a table."""

import csv

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile("sgd", "mse", metrics=["mae"])
x = np.linspace(0, 1, 6)[:, None]
model.fit(
    x, x, epochs=3, shuffle=False, verbose=0, callbacks=[keras.callbacks.CSVLogger("training.log")]
)
with open("training.log") as file:
    rows = list(csv.DictReader(file))
print(len(rows))
for row in rows:
    print(int(float(row["epoch"])), float(row["loss"]), float(row["mae"]))
model.fit(
    x,
    x,
    verbose=0,
    callbacks=[keras.callbacks.CSVLogger("training.log", separator=",", append=True)],
)
print(len(open("training.log").read().splitlines()))
