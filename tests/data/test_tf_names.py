"""Parameters of Dataset bear the names of tf.data's, in its order, so that calls can be moved.

The table was written from TensorFlow's documentation; TensorFlow itself is not needed here.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset

# tf.data.Dataset's parameters without `name`, which every method of TensorFlow ends with.
TF_DATA: dict[str, str] = {
    "apply": "transformation_func",
    "as_numpy_iterator": "",
    "batch": "batch_size drop_remainder num_parallel_calls deterministic",
    "bucket_by_sequence_length": "element_length_func bucket_boundaries bucket_batch_sizes "
    "padded_shapes padding_values pad_to_bucket_boundary no_padding drop_remainder",
    "cache": "filename",
    "cardinality": "",
    "choose_from_datasets": "datasets choice_dataset stop_on_empty_dataset",
    "concatenate": "dataset",
    "counter": "start step dtype",
    "enumerate": "start",
    "filter": "predicate",
    "flat_map": "map_func",
    "from_generator": "generator output_types output_shapes args output_signature",
    "from_tensor_slices": "tensors",
    "from_tensors": "tensors",
    "get_single_element": "",
    "group_by_window": "key_func reduce_func window_size window_size_func",
    "interleave": "map_func cycle_length block_length num_parallel_calls deterministic",
    "list_files": "file_pattern shuffle seed",
    "map": "map_func num_parallel_calls deterministic",
    "padded_batch": "batch_size padded_shapes padding_values drop_remainder",
    "prefetch": "buffer_size",
    "random": "seed rerandomize_each_iteration",
    "range": "args output_type",
    "rebatch": "batch_size drop_remainder",
    "reduce": "initial_state reduce_func",
    "rejection_resample": "class_func target_dist initial_dist seed",
    "repeat": "count",
    "sample_from_datasets": "datasets weights seed stop_on_empty_dataset "
    "rerandomize_each_iteration",
    "scan": "initial_state scan_func",
    "shard": "num_shards index",
    "shuffle": "buffer_size seed reshuffle_each_iteration",
    "skip": "count",
    "take": "count",
    "take_while": "predicate",
    "unbatch": "",
    "unique": "",
    "window": "size shift stride drop_remainder",
    "with_options": "options",
    "zip": "args datasets",
}
ABSENT = {
    "sample_from_datasets": {"rerandomize_each_iteration"},  # every epoch draws anew
}
# Methods of tf.data.Dataset that are not here, and why.
LEFT_OUT = {
    "fingerprint": "a digest of TensorFlow's graph",
    "ignore_errors": "an error in a row is reported with its number; filter such rows out",
    "load": "cache(folder) stores elements, and reads them in later runs",
    "options": "the engine chooses threads and order itself",
    "ragged_batch": "no ragged tensors: padded_batch",
    "save": "cache(folder) stores elements",
    "snapshot": "cache(folder) stores elements",
    "sparse_batch": "no sparse tensors: sparse rows are columns of fit",
}
OWN = {
    "as_columns",
    "class_names",
    "element_spec",
    "from_file",
    "from_source",
    "split",
}  # not of tf.data


def parameters(name: str) -> list[str]:
    return [p for p in inspect.signature(getattr(Dataset, name)).parameters if p != "self"]


@pytest.mark.parametrize("name", TF_DATA)
def test_parameters_are_those_of_tf_data(name: str) -> None:
    absent = ABSENT.get(name, set())
    assert parameters(name) == [word for word in TF_DATA[name].split() if word not in absent]
    assert absent <= set(TF_DATA[name].split())


def test_every_method_is_compared_or_known_to_be_our_own() -> None:
    public = {name for name in dir(Dataset) if not name.startswith("_")}
    assert public == TF_DATA.keys() | OWN
    assert not public & LEFT_OUT.keys()


def lists(dataset: Dataset) -> list[object]:
    return [tree(x) for x in dataset]


def tree(element: object) -> object:
    if isinstance(element, tuple):
        return [tree(part) for part in element]
    return element.tolist()  # type: ignore[attr-defined]


def test_calls_by_name_as_in_tensorflow() -> None:
    three = Dataset.range(3)
    assert lists(three.map(map_func=lambda x: x * 2)) == [0, 2, 4]
    assert lists(three.flat_map(map_func=lambda n: Dataset.range(int(n)))) == [0, 0, 1]
    assert lists(three.apply(transformation_func=lambda rows: rows.skip(1))) == [1, 2]
    assert lists(Dataset.zip(datasets=(three, three))) == [[0, 0], [1, 1], [2, 2]]
    assert lists(Dataset.zip(three, three)) == lists(Dataset.zip((three, three)))
    turns = three.interleave(lambda n: Dataset.from_tensors(n).repeat(2), block_length=None)
    assert lists(turns) == [0, 1, 2, 0, 1, 2]
    halves = Dataset.range(1, 3, output_type=st.float32)
    assert lists(halves) == [1.0, 2.0] and halves.element_spec.dtype == st.float32


def test_padding_by_shapes_and_values() -> None:
    rows = Dataset.from_generator(
        lambda: iter([(np.array([1]), np.array([1.0])), (np.array([2, 3]), np.array([2.0]))])
    )
    first = lambda dataset: tree(next(iter(dataset)))  # noqa: E731
    assert first(rows.padded_batch(2)) == [[[1, 0], [2, 3]], [[1.0], [2.0]]]
    assert first(rows.padded_batch(2, ([3], [None]))) == [
        [[1, 0, 0], [2, 3, 0]], [[1.0], [2.0]],
    ]  # fmt: skip
    assert first(rows.padded_batch(2, (3, -1), (-1, None))) == [
        [[1, -1, -1], [2, 3, -1]], [[1.0], [2.0]],
    ]  # fmt: skip
    assert first(rows.padded_batch(2, padding_values=9))[0] == [[1, 9], [2, 3]]
    named = rows.map(lambda x, y: {"y": y.numpy(), "x": x.numpy()})
    padded = next(iter(named.padded_batch(2, {"x": [3], "y": [2]}, {"x": 7, "y": 0.5})))
    assert padded["x"].tolist() == [[1, 7, 7], [2, 3, 7]]
    assert padded["y"].tolist() == [[1.0, 0.5], [2.0, 0.5]]
    for wrong in ([1], [2, 2]):
        with pytest.raises(st.errors.ShapeError, match=r"does not hold elements of shape \(2,\)"):
            next(iter(rows.padded_batch(2, (wrong, None))))


def test_sampling_can_stop_where_one_data_set_ends() -> None:
    short, long = Dataset.range(3), Dataset.range(10, 1000)
    both = Dataset.sample_from_datasets([short, long], seed=1, stop_on_empty_dataset=True)
    drawn = lists(both)
    assert [x for x in drawn if x < 10] == [0, 1, 2] and len(drawn) < 990
    assert drawn == lists(Dataset.sample_from_datasets([short, long], seed=1))[: len(drawn)]
    assert both.cardinality() == st.data.UNKNOWN_CARDINALITY
