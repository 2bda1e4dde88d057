"""Rows in another order, all of them."""

import steepest as st

dataset = st.data.Dataset.range(20).shuffle(20, seed=3)
first = [int(x) for x in dataset.as_numpy_iterator()]
print(sorted(first) == list(range(20)), first == list(range(20)))
second = [int(x) for x in dataset.as_numpy_iterator()]
print(sorted(second) == sorted(first), second == first)
fixed = st.data.Dataset.range(20).shuffle(5, seed=3, reshuffle_each_iteration=False)
print(list(fixed.as_numpy_iterator()) == list(fixed.as_numpy_iterator()))
print(max(position for position, x in enumerate(fixed.as_numpy_iterator()) if x == 0) < 20)
print(int(dataset.batch(7).cardinality()))
