"""A pipeline over files."""

import numpy as np

import steepest as st

rng = np.random.RandomState(0)
for part in range(3):
    rows = np.c_[rng.normal(size=(4, 2)), np.arange(4) + part]
    np.savetxt(f"my_train_{part:02d}.csv", rows, delimiter=",", header="a,b,y", comments="")


def parse_csv_line(line):
    defs = [0.0] * 2 + [st.constant([], dtype=st.float32)]
    fields = st.io.decode_csv(line, record_defaults=defs)
    return st.stack(fields[:-1]), st.stack(fields[-1:])


filepaths = st.data.Dataset.list_files("my_train_*.csv", shuffle=False)
dataset = filepaths.interleave(
    lambda filepath: st.data.TextLineDataset(filepath).skip(1), cycle_length=3
)
dataset = dataset.map(parse_csv_line, num_parallel_calls=3).batch(6).prefetch(1)
for X_batch, y_batch in dataset:
    print(X_batch.shape, y_batch.numpy().ravel())
model = st.keras.Sequential([
    st.keras.Input((2,)),
    st.keras.layers.Dense(1, kernel_initializer="zeros"),
])
model.compile(loss="mse", optimizer="sgd")
print(model.fit(dataset, epochs=2, verbose=0).history["loss"])
