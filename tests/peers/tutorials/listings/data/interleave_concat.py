"""Pipelines one after another."""

import steepest as st

a, b = st.data.Dataset.range(1, 4), st.data.Dataset.range(7, 9)
print([int(x) for x in a.concatenate(b)])
print([int(x) for x in a.flat_map(lambda x: st.data.Dataset.from_tensors(x).repeat(2))])
c = a.interleave(
    lambda x: st.data.Dataset.from_tensors(x * 10).repeat(3), cycle_length=2, block_length=1
)
print([int(x) for x in c])
choice = st.data.Dataset.choose_from_datasets(
    [a, b], st.data.Dataset.from_tensor_slices([0, 1, 0, 1, 0]).map(lambda x: st.cast(x, st.int64))
)
print([int(x) for x in choice])
