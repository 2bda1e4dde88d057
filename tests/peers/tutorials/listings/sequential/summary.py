"""A summary taken up line by line."""

from steepest import keras

model = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(5, name="hidden"),
    keras.layers.Dense(1, name="out"),
])
lines = []
model.summary(print_fn=lambda text, line_break=False: lines.append(text), line_length=80)
text = "\n".join(lines)
print("hidden" in text, "out" in text)
print("Total params: 61" in text, "Trainable params: 61" in text)
