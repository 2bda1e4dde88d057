"""Shapes and dtypes of rows."""

import numpy as np

import steepest as st

dataset = st.data.Dataset.from_tensor_slices((np.zeros((4, 10), "float32"), np.zeros(4, "int64")))
spec = dataset.element_spec
print(spec[0].shape, spec[0].dtype.name, spec[1].shape, spec[1].dtype.name)
batched = dataset.batch(2).element_spec
print(
    batched[0].shape, batched[1].shape, dataset.batch(2, drop_remainder=True).element_spec[0].shape
)
named = st.data.Dataset.from_tensor_slices({"a": [1, 2]}).element_spec
print(named["a"].dtype.name, named["a"].shape)
