"""Text as an average of embeddings."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras

texts = np.array(["a good film", "a bad film", "good good", "so bad"])
labels = np.array([1, 0, 1, 0])
vectorize_layer = layers.TextVectorization(
    max_tokens=10, output_mode="int", output_sequence_length=4
)
raw_train_ds = st.data.Dataset.from_tensor_slices((texts, labels)).batch(2)
vectorize_layer.adapt(raw_train_ds.map(lambda x, y: x))
train_ds = raw_train_ds.map(lambda text, label: (vectorize_layer(st.expand_dims(text, -1)), label))
print([x.numpy().tolist() for x, y in train_ds])
model = keras.Sequential([
    layers.Embedding(10, 3, embeddings_initializer=keras.initializers.Constant(0.1)),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1, activation="sigmoid", kernel_initializer="ones"),
])
model.compile(
    loss=keras.losses.BinaryCrossentropy(),
    optimizer=keras.optimizers.Adam(0.1),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.5)],
)
print(model.fit(train_ds, epochs=4, verbose=0).history["loss"])
export_model = keras.Sequential([vectorize_layer, model])
print(export_model.predict(st.constant([["good film"], ["bad film"]]), verbose=0))
