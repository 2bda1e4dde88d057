"""How many batches."""

import steepest as st

dataset = st.data.Dataset.range(42)
print(
    dataset.cardinality().numpy(),
    len(dataset.batch(10)),
    len(dataset.batch(10, drop_remainder=True)),
)
print((dataset.repeat().cardinality() == st.data.INFINITE_CARDINALITY).numpy())
filtered = dataset.filter(lambda x: x > 3)
print((filtered.cardinality() == st.data.UNKNOWN_CARDINALITY).numpy())
print(filtered.apply(st.data.experimental.assert_cardinality(38)).cardinality().numpy())
