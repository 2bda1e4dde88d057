"""A table read with `make_csv_dataset`."""

import steepest as st

with open("table.csv", "w") as file:
    file.write("age,fare,sex,survived\n22.0,7.25,male,0\n38.0,71.0,female,1\n26.0,7.5,female,1\n")
dataset = st.data.experimental.make_csv_dataset(
    "table.csv",
    batch_size=2,
    label_name="survived",
    num_epochs=1,
    shuffle=False,
    ignore_errors=True,
)
for features, labels in dataset:
    print({name: value.numpy().tolist() for name, value in features.items()}, labels.numpy())
selected = st.data.experimental.CsvDataset(
    "table.csv", [st.float32, st.int32], header=True, select_cols=[1, 3]
)
print([(float(fare), int(survived)) for fare, survived in selected])
columns = st.io.decode_csv(st.constant(["1.5,2"]), record_defaults=[0.0, 0])
print([column.numpy() for column in columns])
