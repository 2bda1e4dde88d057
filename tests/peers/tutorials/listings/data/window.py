"""Windows of a series."""

import steepest as st

dataset = st.data.Dataset.range(10)
windows = dataset.window(5, shift=1, drop_remainder=True)
windows = windows.flat_map(lambda window: window.batch(5))
pairs = windows.map(lambda window: (window[:-1], window[-1]))
for x, y in pairs.batch(2).take(2):
    print(x.numpy(), y.numpy())
series = st.keras.utils.timeseries_dataset_from_array(
    list(range(8)), targets=list(range(3, 11)), sequence_length=3, batch_size=2
)
for x, y in series.take(1):
    print(x.numpy(), y.numpy())
print([w.numpy().tolist() for w in dataset.batch(4, drop_remainder=True)])
