"""Pictures flattened, dropout, logits."""

import numpy as np

import steepest as st

x_train = (np.random.RandomState(0).randint(0, 256, (40, 28, 28)) / 255.0).astype("float32")
y_train = np.arange(40) % 10
model = st.keras.models.Sequential([
    st.keras.layers.Flatten(input_shape=(28, 28)),
    st.keras.layers.Dense(
        16, activation="relu", kernel_initializer=st.keras.initializers.Constant(0.01)
    ),
    st.keras.layers.Dropout(0.0),
    st.keras.layers.Dense(10, kernel_initializer="zeros"),
])
predictions = model(x_train[:1]).numpy()
print(predictions, st.nn.softmax(predictions).numpy()[0, 0])
loss_fn = st.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(loss_fn(y_train[:1], predictions).numpy())
model.compile(optimizer="adam", loss=loss_fn, metrics=["accuracy"])
print(model.fit(x_train, y_train, epochs=3, shuffle=False, verbose=0).history["loss"])
print(model.evaluate(x_train, y_train, verbose=0))
probability_model = st.keras.Sequential([model, st.keras.layers.Softmax()])
print(probability_model(x_train[:2]).numpy()[:, :3])
