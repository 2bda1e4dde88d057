"""Datasets: what each stage gives, orders and seeds, errors with the element's number, training."""

from __future__ import annotations

import collections
import os
import threading
import time

import numpy as np
import pytest

import steepest as st
from steepest.core.primitives import PRIMITIVES
from steepest.data import Dataset
from steepest.data.stages.shuffle_buffer import buffered_order
from steepest.data.stages.vectorize import MISSING, RULES, recorded, vectorized
from steepest.errors import ArgumentError, DataError, ShapeError
from steepest.program.trace import TensorSpec


def values(dataset: Dataset) -> list[object]:
    return [np.asarray(x).tolist() for x in dataset.as_numpy_iterator()]


def stream(count: int) -> Dataset:
    """Numbers that no plan knows of: they come from a generator."""
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


# ---------------------------------------------------------------- stages, by known answers


@BOTH
def test_stages_give_what_they_say(make):
    assert values(make(5).map(lambda x: x * 2)) == [0, 2, 4, 6, 8]
    assert values(make(3).map(lambda x: -x, 2, deterministic=False)) == [0, -1, -2]
    assert values(make(5).filter(lambda x: x > 2)) == [3, 4]
    assert values(make(5).take(2)) == [0, 1]
    assert values(make(5).take(-1)) == values(make(5).take(9)) == [0, 1, 2, 3, 4]
    assert values(make(5).skip(3)) == [3, 4]
    assert values(make(5).skip(9)) == values(make(5).take(0)) == []
    assert values(make(2).repeat(3)) == [0, 1] * 3
    assert values(make(2).repeat().take(5)) == [0, 1, 0, 1, 0]
    assert values(make(5).batch(2)) == [[0, 1], [2, 3], [4]]
    assert values(make(5).batch(2, drop_remainder=True)) == [[0, 1], [2, 3]]
    assert values(make(5).batch(2).unbatch()) == [0, 1, 2, 3, 4]
    assert values(make(4).batch(2).batch(2)) == [[[0, 1], [2, 3]]]
    assert values(make(5).batch(2).take(1)) == [[0, 1]]
    assert values(make(5).batch(2).skip(1)) == [[2, 3], [4]]
    assert values(make(3).batch(2).repeat(2)) == [[0, 1], [2], [0, 1], [2]]
    assert values(make(3).repeat(2).batch(2)) == [[0, 1], [2, 0], [1, 2]]
    assert values(make(2).concatenate(make(1))) == [0, 1, 0]
    assert values(make(3).prefetch(2)) == values(make(3).cache()) == [0, 1, 2]
    assert values(make(5).batch(2).map(lambda x: x + 1)) == [[1, 2], [3, 4], [5]]


@BOTH
def test_pairs_of_elements(make):
    assert [(int(a), int(b)) for a, b in Dataset.zip(make(3), make(9))] == [(0, 0), (1, 1), (2, 2)]
    assert [(int(n), int(x)) for n, x in make(2).enumerate(5)] == [(5, 0), (6, 1)]
    swapped = Dataset.zip((make(2), make(2).map(lambda x: x * 10))).map(lambda a, b: (b, a))
    assert [(int(a), int(b)) for a, b in swapped] == [(0, 0), (10, 1)]


def test_rows_of_nests_are_tensors():
    x, y = np.arange(6.0, dtype="float32").reshape(3, 2), np.array([0, 1, 0])
    first = next(iter(Dataset.from_tensor_slices({"x": x, "y": y}).batch(2)))
    assert isinstance(first["x"], st.Tensor) and first["x"].shape == (2, 2)
    assert first["y"].tolist() == [0, 1]
    features, label = next(iter(Dataset.from_tensor_slices((x, y))))
    assert features.shape == (2,) and label.shape == ()
    assert next(iter(Dataset.from_tensor_slices([1.0, 2.0]))).dtype == st.float32
    assert next(iter(Dataset.from_tensors((x, y))))[0].shape == (3, 2)


def test_shapes_are_known_where_they_can_be():
    dataset = Dataset.from_tensor_slices((np.zeros((4, 3), np.uint8), np.zeros(4)))
    assert str(dataset.element_spec) == "(TensorSpec(uint8(3,)), TensorSpec(float64()))"
    scaled = dataset.map(lambda x, y: (st.cast(x, "float32") / 255, y)).batch(2)
    assert str(scaled.element_spec[0]) == "TensorSpec(float32(batch, 3))"
    assert dataset.map(lambda x, y: x.numpy()).element_spec is None


def test_sizes_are_known_where_they_can_be():
    ten = Dataset.range(10)
    assert len(ten.batch(3)) == 4 and len(ten.batch(3, drop_remainder=True)) == 3
    assert len(ten.skip(4).repeat(2)) == 12 and len(ten.filter(lambda x: x < 3)) == 3
    assert ten.repeat().cardinality() == st.data.INFINITE_CARDINALITY
    assert ten.repeat().take(7).cardinality() == 7
    assert stream(3).cardinality() == st.data.UNKNOWN_CARDINALITY
    with pytest.raises(TypeError, match="no length"):
        len(stream(3))


def test_lists_of_unequal_length_and_texts():
    lists = Dataset.from_tensor_slices(([[1], [2, 3]], [0, 1]))
    assert [x.tolist() for x, _ in lists] == [[1], [2, 3]]
    assert next(iter(lists.padded_batch(2)))[0].tolist() == [[1, 0], [2, 3]]
    multi = lists.map(lambda x, y: (st.data.vectorize_sequences([x.numpy()], 4)[0], y)).batch(2)
    assert next(iter(multi))[0].tolist() == [[0, 1, 0, 0], [0, 0, 1, 1]]
    assert list(Dataset.from_tensor_slices(["a", "b"])) == ["a", "b"]
    with pytest.raises(ShapeError, match=r"element 1 has shape \(2,\)"):
        list(lists.map(lambda x, y: x.numpy()).batch(2))


def test_sparse_rows_come_out_dense():
    sparse = st.data.vectorize_sequences([[0], [1, 2]], 3, sparse=True)
    assert values(Dataset.from_tensor_slices(sparse)) == [[1, 0, 0], [0, 1, 1]]


# ---------------------------------------------------------------- order


@BOTH
def test_a_buffer_of_one_changes_nothing(make):
    assert values(make(9).shuffle(1, seed=3)) == list(range(9))


@BOTH
def test_a_buffer_bounds_how_early_an_element_can_come(make):
    order = values(make(200).shuffle(10, seed=3))
    assert sorted(order) == list(range(200)) and order != list(range(200))
    assert all(element < place + 10 for place, element in enumerate(order))


@BOTH
def test_a_full_buffer_makes_every_order_equally_likely(make):
    counts = collections.Counter(
        tuple(values(make(3).shuffle(3, seed=seed))) for seed in range(200)
    )
    expected = counts.total() / 6
    assert len(counts) == 6
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 20.5  # 99.9%, 5 degrees


def test_the_buffer_over_columns_is_that_of_a_stream():
    for size in (2, 7, 29):
        order = buffered_order(30, size, 5, 0).tolist()
        assert values(Dataset.range(30).shuffle(size, seed=5)) == order
        assert values(stream(30).shuffle(size, seed=5)) == order


@BOTH
def test_each_epoch_has_its_own_order_and_the_seed_fixes_them(make):
    first, again = make(20).shuffle(20, seed=1), make(20).shuffle(20, seed=1)
    runs = [values(first) for _ in range(3)]
    assert len(set(map(tuple, runs))) == 3
    assert runs == [values(again) for _ in range(3)]
    fixed = make(20).shuffle(20, seed=1, reshuffle_each_iteration=False)
    assert values(fixed) == values(fixed) == runs[0]
    assert values(make(20).shuffle(20, seed=2)) != runs[0]


def test_shuffles_without_a_seed_draw_theirs_from_many_orders():
    st.random.set_seed(5)
    orders = {tuple(values(Dataset.range(12).shuffle(12))) for _ in range(100)}
    assert len(orders) == 100


def test_the_common_seed_fixes_shuffles_without_one():
    def run() -> list[object]:
        st.random.set_seed(5)
        return values(Dataset.range(20).shuffle(20))

    assert run() == run()


def test_take_and_skip_share_no_rows_in_any_epoch():
    shuffled = Dataset.range(50).shuffle(50, seed=2)
    held, rest = shuffled.take(10), shuffled.skip(10)
    epochs = [(values(held), values(rest)) for _ in range(3)]
    assert all(set(a) == set(epochs[0][0]) for a, _ in epochs)
    assert all(sorted(a + b) == list(range(50)) for a, b in epochs)
    assert epochs[0][1] != epochs[1][1]
    anew = Dataset.range(50).shuffle(50, seed=2, reshuffle_each_iteration=True).take(10)
    assert set(values(anew)) != set(values(anew))


def test_parts_of_a_split_share_no_rows():
    parts = Dataset.range(10).split((0.6, 0.2, 0.2), seed=1)
    assert sorted(x for part in parts for x in values(part)) == list(range(10))
    assert [len(part) for part in parts] == [6, 2, 2]
    assert values(parts[0]) == values(parts[0])


def test_repeats_have_orders_of_their_own():
    order = values(Dataset.range(20).shuffle(20, seed=1).repeat(2))
    assert sorted(order[:20]) == sorted(order[20:]) and order[:20] != order[20:]


def test_a_cache_repeats_the_first_epoch():
    calls = []

    def noted(x: st.Tensor) -> int:
        calls.append(int(x))
        return int(x)

    cached = stream(3).map(noted).cache()
    del calls[:]
    assert values(cached) == values(cached) == [0, 1, 2]
    assert calls == [0, 1, 2]
    shuffled = Dataset.range(20).shuffle(20, seed=1).cache()
    assert values(shuffled) == values(shuffled)


def test_a_cache_stores_random_results():
    noisy = Dataset.from_tensor_slices(np.zeros(8, "float32")).map(
        lambda x: x + st.random.uniform(())
    )
    assert values(noisy) != values(noisy)
    cached = noisy.cache().shuffle(8)
    first, second = values(cached), values(cached)
    assert first != second and sorted(first) == sorted(second)


# ---------------------------------------------------------------- functions


def test_a_function_of_tensors_is_recorded_and_any_other_runs_in_python():
    assert "in Python" not in repr(Dataset.range(3).map(lambda x: st.cast(x, "float32") / 2))
    assert "in Python" in repr(Dataset.range(3).map(lambda x: x.numpy() + 1))
    assert values(Dataset.range(3).map(lambda x: x.numpy() + 1)) == [1, 2, 3]


def test_random_numbers_of_python_are_not_recorded_as_constants():
    rng = np.random.default_rng(0)
    drawn = values(Dataset.range(50).map(lambda x: rng.random()))
    assert len(set(drawn)) == 50


def test_each_element_draws_numbers_of_its_own():
    dataset = Dataset.from_tensor_slices(np.zeros((40, 3), np.float32))
    noisy = dataset.map(lambda x: x + st.random.normal((3,)))
    assert "in Python" not in repr(noisy)
    rows = np.array(values(noisy))
    assert len(np.unique(rows)) == 120 and abs(rows.mean()) < 0.4


def test_functions_may_return_constants_and_other_nests():
    dataset = Dataset.range(2).map(lambda x: {"a": [x, st.constant(7)], "b": 1.5})
    assert [e["a"][1].item() + e["b"].item() for e in dataset] == [8.5, 8.5]
    assert next(iter(dataset.batch(2)))["b"].tolist() == [1.5, 1.5]


@BOTH
def test_an_error_names_the_element(make):
    def fails(x: st.Tensor) -> int:
        if int(x) == 3:
            raise KeyError("no such thing")
        return int(x)

    with pytest.raises(KeyError) as found:
        list(make(5).map(fails).batch(2))
    assert found.value.__notes__ == ["in Dataset.map, fails at element 3"]
    with pytest.raises(KeyError) as found:
        list(make(5).filter(fails))
    assert found.value.__notes__ == ["in Dataset.filter, at element 3"]


@BOTH
def test_several_threads_keep_the_order(make):
    threads = set()

    def slow(x: st.Tensor) -> int:
        threads.add(threading.get_ident())
        time.sleep(0.001 * (int(x) % 3))
        return int(x) * 2

    assert values(make(20).map(slow, num_parallel_calls=4)) == list(range(0, 40, 2))
    assert len(threads) > 1


@BOTH
def test_an_error_among_several_threads_names_the_element(make):
    def fails(x: st.Tensor) -> int:
        if int(x) == 3:
            raise KeyError("no such thing")
        return int(x)

    seen = []
    with pytest.raises(KeyError) as found:
        for x in make(9).map(fails, num_parallel_calls=st.data.AUTOTUNE):
            seen.append(x.item())
    assert found.value.__notes__ == ["in Dataset.map, fails at element 3"]
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("number", [0, -2, 1.5, True])
def test_a_number_of_threads_that_cannot_be(number):
    with pytest.raises(ArgumentError, match=f"num_parallel_calls must be .* got {number}"):
        st.data.Dataset.range(3).map(abs, num_parallel_calls=number)


EXAMPLES = {
    "elementwise": lambda x: st.exp(x) * x - st.where(x > 0, x, 0.5) + st.constant([1.0, 2.0, 3.0]),
    "broadcast": lambda x: x[0] + x * x[:, :1] + st.constant(np.ones((2, 2, 3), np.float32)),
    "reduction": lambda x: (st.reduce_sum(x, 0), st.reduce_max(x), st.argmax(x, 1), x.mean()),
    "cumsum": lambda x: st.cumsum(x, axis=1, reverse=True),
    "product": lambda x: (x @ st.transpose(x), x @ np.ones((3, 4), np.float32)),
    "product from the left": lambda x: np.ones((5, 2), np.float32) @ x,
    "structure": lambda x: (st.reshape(x, (3, 2)), st.transpose(x), st.flip(x, 0), x[::-1, 1]),
    "spreading": lambda x: (
        st.tile(x, (2, 1)),
        st.broadcast_to(x[:, :1], (4, 2, 3)),
        st.stack([x, x]),
    ),
    "concat": lambda x: st.concat([x, st.ones((1, 3))], 0),
    "gather": lambda x: (st.gather(x, [1, 1], axis=1), st.gather([1.0, 5.0], st.argmax(x, 1) // 2)),
    "one-hot": lambda x: st.one_hot(st.argmax(x, 0), 2),
    "pad": lambda x: st.pad(x, [(1, 0), (0, 2)]),
    "counted": lambda x: x + st.range(0.0, 3.0, 1.0),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_vectorized_function_is_the_function_of_each_element(name):
    function = EXAMPLES[name]
    rows = np.random.default_rng(1).standard_normal((5, 2, 3)).astype("float32")
    batched = vectorized(recorded(function, TensorSpec((2, 3))))
    together = st.function(batched)(st.constant(rows))
    for place, row in enumerate(rows):
        alone = function(st.constant(row))
        for a, b in zip(_leaves(together), _leaves(alone), strict=True):
            np.testing.assert_allclose(a.numpy()[place], b.numpy(), rtol=1e-6, atol=1e-6)


def _leaves(nest: object) -> list[st.Tensor]:
    return list(nest) if isinstance(nest, tuple) else [nest]


def test_every_primitive_has_a_rule_or_is_named_as_missing():
    assert set(PRIMITIVES) == set(RULES) | MISSING


def test_what_cannot_be_vectorized_still_runs():
    scatter = Dataset.range(3).map(lambda x: st.scatter_add(st.reshape(x, (1,)), [1.0], 3))
    assert values(scatter) == np.eye(3).tolist()


# ---------------------------------------------------------------- threads


def test_work_goes_on_while_the_consumer_is_busy():
    made: list[int] = []

    def note(x: st.Tensor) -> int:
        made.append(int(x))
        return int(x)

    running = iter(stream(10).map(note).prefetch(3))
    next(running)
    deadline = time.monotonic() + 5
    while len(made) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(made) >= 4


def test_a_thread_ends_when_its_consumer_stops():
    before = threading.active_count()
    running = iter(stream(10**6))
    next(running)
    running.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


# ---------------------------------------------------------------- bad input


def test_wrong_arguments_say_what_was_expected():
    ten = Dataset.range(10)
    for call, message in [
        (lambda: ten.batch(0), "batch_size: a whole number from 1 was expected, got 0"),
        (lambda: ten.shuffle(0), "buffer_size: a whole number from 1"),
        (lambda: ten.take(2.5), "count: a whole number"),
        (lambda: ten.map(3), "a function was expected"),
        (lambda: stream(3).split((0.5, 0.5)), "rows in memory"),
        (lambda: Dataset.from_generator(iter([1])), "returns an iterator"),
    ]:
        with pytest.raises(ArgumentError, match=message):
            call()
    with pytest.raises(ShapeError, match=r"equally many rows, got \[2, 3\]"):
        Dataset.from_tensor_slices((np.zeros(2), np.zeros(3)))
    with pytest.raises(DataError, match=r"single rows.*\.batch"):
        Dataset.range(4).as_columns()


def test_a_generator_is_held_to_its_signature():
    wrong = Dataset.from_generator(lambda: iter([[1, 2], [3]]), TensorSpec((2,), "int32"))
    with pytest.raises(ShapeError, match=r"says shape \(2,\), the generator gave \(1,\)") as found:
        list(wrong)
    assert found.value.__notes__ == ["in the generator of a Dataset, at element 1"]


# ---------------------------------------------------------------- training


def _problem(rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).integers(0, 256, (rows, 4), np.uint8)
    return x, (x[:, 0] > 128).astype(np.int64)


def _network() -> st.Model:
    st.random.set_seed(1)
    model = st.Sequential([
        st.layers.Dense(8, "relu", input_shape=(4,)),
        st.layers.Dense(2, "softmax"),
    ])
    model.compile(st.optimizers.Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def scale(x: st.Tensor, y: st.Tensor) -> tuple[st.Tensor, st.Tensor]:
    return st.cast(x, "float32") / 255.0, y


def test_training_on_a_dataset_is_training_on_its_arrays():
    x, y = _problem()
    by_array, by_dataset, by_stream = _network(), _network(), _network()
    dataset = Dataset.from_tensor_slices((x, y)).map(scale).batch(32)
    assert dataset.as_columns().prepare is not None
    arrays = by_array.fit(
        x.astype("float32") / 255, y, batch_size=32, epochs=3, shuffle=False, verbose=0
    ).history["loss"]
    columns = by_dataset.fit(dataset, epochs=3, verbose=0).history["loss"]
    python = Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a.numpy() / np.float32(255), b))
    assert python.batch(32).as_columns() is None
    streamed = by_stream.fit(python.batch(32), epochs=3, verbose=0).history["loss"]
    np.testing.assert_allclose(columns, arrays, rtol=1e-5)
    np.testing.assert_allclose(streamed, arrays, rtol=1e-5)
    assert by_dataset.evaluate(dataset, verbose=0) == pytest.approx(
        by_array.evaluate(x.astype("float32") / 255, y, verbose=0), rel=1e-5
    )
    np.testing.assert_allclose(
        by_dataset.predict(dataset, verbose=0),
        by_dataset.predict(x.astype("float32") / 255, verbose=0),
        rtol=1e-5,
    )


def test_noise_in_a_map_is_new_in_every_step():
    x = np.zeros((64, 4), np.float32)
    dataset = Dataset.from_tensor_slices((x, x)).map(lambda a, b: (a, b + st.random.normal((4,))))
    model = st.Sequential([st.layers.Dense(4, kernel_initializer="zeros")])
    model.compile(st.optimizers.SGD(1e-5), "mse")
    losses = model.fit(dataset.batch(16), epochs=4, verbose=0).history["loss"]
    assert len(set(losses)) == 4 and np.mean(losses) == pytest.approx(1.0, abs=0.25)


def test_an_endless_dataset_needs_a_number_of_steps():
    x, y = _problem()
    rows = Dataset.from_tensor_slices((x, y)).map(scale)
    endless = rows.repeat().batch(30)
    streamed = rows.map(lambda a, b: (np.array(a), b)).repeat().batch(30)
    for data in (endless, rows.repeat().batch(7), streamed):  # 7 cuts a batch at the seam
        with pytest.raises(ArgumentError, match="repeats for ever"):
            _network().fit(data, verbose=0)
        with pytest.raises(ArgumentError, match="repeats for ever"):
            _network().evaluate(data, verbose=0)
    history = _network().fit(endless, epochs=2, steps_per_epoch=7, verbose=0)
    assert history.epoch == [0, 1]


def test_validation_split_of_a_dataset_says_what_to_do_instead():
    x, y = _problem()
    with pytest.raises(ArgumentError, match="take and skip"):
        _network().fit(Dataset.from_tensor_slices((x, y)).batch(8), validation_split=0.2, verbose=0)


def test_elements_of_unequal_shapes_are_shuffled_too():
    lengths = [1, 1, 2, 3, 1, 2, 2, 5, 1, 4]
    ragged = Dataset.from_generator(lambda: (np.full(n, n) for n in lengths)).shuffle(4, seed=1)
    rows = [x.tolist() for x in ragged]
    assert sorted(map(len, rows)) == sorted(lengths) and [len(row) for row in rows] != lengths
    assert all(row == [len(row)] * len(row) for row in rows)
    late = [3] * 400 + [1, 2] + [3] * 400
    numbered = Dataset.from_generator(lambda: ((np.zeros(n), i) for i, n in enumerate(late)))
    assert sorted(int(i) for _, i in numbered.shuffle(9, seed=1)) == list(range(802))


def test_a_cache_in_files_is_read_by_later_runs(tmp_path):
    calls = []

    def noted(x: st.Tensor) -> dict[str, object]:
        calls.append(int(x))
        return {"x": np.full((2, 2), float(x)), "y": [int(x), True]}

    def pipeline() -> Dataset:
        return stream(5).map(noted).cache(tmp_path / "cached")

    first = [e["x"][0, 0].item() for e in pipeline()]
    assert len(calls) == 5 and (tmp_path / "cached").is_dir()
    again = pipeline()
    assert [e["x"][0, 0].item() for e in again] == first == [0, 1, 2, 3, 4]
    assert len(calls) == 5 and len(again) == 5
    assert again.batch(2).as_columns().columns[0]["x"].array.shape == (5, 2, 2)


def test_a_cache_in_files_leaves_nothing_half_done(tmp_path):
    running = iter(stream(10_000).cache(tmp_path / "cached").prefetch(1))
    next(running)
    running.close()
    with pytest.raises(DataError, match="element 2 has another shape"):
        list(stream(5).batch(2).cache(tmp_path / "cached"))
    deadline = time.monotonic() + 5
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_in_files_bears_that_another_run_removes_its_part(tmp_path):
    (tmp_path / "cached.partial-0").symlink_to(tmp_path / "gone")  # found, and then not there
    assert values(Dataset.range(3).cache(tmp_path / "cached")) == [0, 1, 2]


def test_a_cache_in_files_overwrites_nothing(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("mine")
    for name in ("file", "folder"):
        with pytest.raises(DataError, match="is there already and is no cache"):
            values(Dataset.range(3).cache(tmp_path / name))
    (tmp_path / "empty").mkdir()
    assert values(Dataset.range(3).cache(tmp_path / "empty")) == [0, 1, 2]


def test_an_iterator_is_no_table():
    with pytest.raises(ArgumentError, match=r"tensors\[1\] can be iterated only once"):
        Dataset.from_tensor_slices((np.zeros(3), iter([1, 2, 3])))


def test_two_runs_fill_one_cache_side_by_side(tmp_path):
    slower = iter(stream(5).cache(tmp_path / "cached"))
    next(slower)
    faster = stream(5).cache(tmp_path / "cached")
    assert [int(x) for x in faster] == [0, 1, 2, 3, 4]
    assert [int(x) for x in slower] == [1, 2, 3, 4]
    assert [path.name for path in tmp_path.iterdir()] == ["cached"]
    assert [int(x) for x in stream(9).cache(tmp_path / "cached")] == [0, 1, 2, 3, 4]


def test_stale_parts_of_a_cache_are_removed_later(tmp_path):
    old, new = tmp_path / "cached.partial-old", tmp_path / "cached.partial-new"
    for left in (old, new):
        left.mkdir()
    os.utime(old, (0, 0))
    list(stream(3).cache(tmp_path / "cached"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cached", "cached.partial-new"]


def test_class_weights_of_a_dataset_are_those_of_arrays():
    x, y = _problem()
    weights = {0: 0.5, 1: 3.0}
    scaled = x.astype("float32") / 255

    def losses(*data: object, **options: object) -> list[float]:
        fit = _network().fit
        return fit(*data, epochs=2, class_weight=weights, verbose=0, **options).history["loss"]

    wanted = losses(scaled, y, batch_size=32, shuffle=False)
    rows = Dataset.from_tensor_slices((x, y)).map(scale)
    streamed = Dataset.from_generator(
        lambda: zip(scaled, y, strict=True), (TensorSpec((4,)), TensorSpec((), "int64"))
    )
    for dataset in (rows, streamed):
        np.testing.assert_allclose(losses(dataset.batch(32)), wanted, rtol=1e-5)
    with pytest.raises(ArgumentError, match=r"from 0 on was expected, got \[0, 2\]"):
        _network().fit(rows.batch(32), class_weight={0: 1.0, 2: 1.0}, verbose=0)


def test_one_fit_after_another_does_not_repeat_an_order():
    dataset = Dataset.range(30).shuffle(30, seed=1).batch(4)
    first, second = dataset.as_columns(), dataset.as_columns()
    assert sorted(first.order(0)) == sorted(second.order(0))
    assert first.order(0).tolist() != second.order(0).tolist()
    again = Dataset.range(30).shuffle(30, seed=1).batch(4).as_columns()
    assert again.order(0).tolist() == first.order(0).tolist()


def test_what_joins_the_step_is_one_object_so_that_its_program_is_found_again():
    x, y = _problem()
    dataset = Dataset.from_tensor_slices((x, y)).map(scale).batch(32)
    assert dataset.as_columns().prepare is dataset.as_columns().prepare


# ---------------------------------------------------------------- further stages


def test_take_while_reads_nothing_after_the_first_false_element():
    seen = []

    def small(x: st.Tensor) -> bool:
        seen.append(int(x))
        return int(x) < 2

    assert values(stream(5).take_while(small)) == [0, 1]
    assert values(Dataset.range(9000).take_while(lambda x: x < 5000)) == list(range(5000))
    assert values(Dataset.range(3).take_while(lambda x: x < 9)) == [0, 1, 2]
    assert values(Dataset.range(3).take_while(lambda x: x < 0)) == []
    assert max(seen) < 5


@pytest.mark.parametrize("rows", [0, 1, 7, 9001])
def test_shards_are_every_row_once(rows):
    for whole in (stream(rows), Dataset.range(rows)):
        shards = [whole.shard(3, place) for place in range(3)]
        assert [values(shard) for shard in shards] == [list(range(rows))[k::3] for k in range(3)]
    assert [shard.cardinality() for shard in shards] == [len(range(k, rows, 3)) for k in range(3)]
    with pytest.raises(ArgumentError, match="index 3 is not in 0 to 2"):
        whole.shard(3, 3)


def test_many_files_are_read_as_one(tmp_path):
    for place in (2, 0, 1):
        (tmp_path / f"part-{place}.csv").write_text(f"a,b\n{place},0\n{place},1\n")
    files = Dataset.list_files(tmp_path / "part-*.csv")
    rows = files.flat_map(lambda path: Dataset.from_file(path, label="b", features=["a"]))
    assert [(x.item(), y.item()) for x, y in rows] == [(p, y) for p in range(3) for y in (0, 1)]
    x, y = next(iter(rows.batch(6)))
    assert x.shape == (6,) and y.tolist() == [0, 1] * 3
    with pytest.raises(ArgumentError, match="must return a Dataset, it returned int"):
        next(iter(files.flat_map(lambda path: 3)))


def test_rare_rows_are_met_more_often():
    rare, common = Dataset.range(5).repeat(), Dataset.range(100, 400)
    mixed = Dataset.sample_from_datasets([rare, common], weights=[3.0, 1.0], seed=1)
    drawn = values(mixed.take(400))
    assert 0.65 < np.mean([x < 5 for x in drawn]) < 0.85
    assert drawn == values(Dataset.sample_from_datasets([rare, common], [3, 1], seed=1).take(400))
    both = Dataset.sample_from_datasets([Dataset.range(3), Dataset.range(3, 9)])
    assert len(both) == 9 and sorted(values(both)) == list(range(9))
    with pytest.raises(ArgumentError, match="one weight, 0 or more"):
        Dataset.sample_from_datasets([rare, common], [1.0])


def test_reduce_and_apply_and_rebatch():
    assert Dataset.range(5).reduce(0.0, lambda total, x: total + x).item() == 10.0
    halves = Dataset.range(10).apply(lambda rows: rows.batch(4)).rebatch(5)
    assert [x.tolist() for x in halves] == [list(range(5)), list(range(5, 10))]


def test_lists_of_numbers_are_arrays_as_in_tensorflow():
    two = Dataset.range(2)
    assert [y.tolist() for _, y in two.map(lambda x: (x, [x, x + 1]))] == [[0, 1], [1, 2]]
    for form in (lambda x: x, lambda x: x.numpy()):  # recorded, and run in Python
        made = next(iter(two.map(lambda x, form=form: {"a": [1, 2], "b": form(x)})))
        assert made["a"].dtype == st.int32 and made["a"].tolist() == [1, 2]
    assert [x.item() for x in next(iter(two.map(lambda x: [1, 2])))] == [1, 2]  # a pair, as there
    rows = Dataset.from_generator(lambda: iter([([1], 0), ([2, 3], 1)])).padded_batch(2)
    x, y = next(iter(rows))
    assert x.tolist() == [[1, 0], [2, 3]] and y.tolist() == [0, 1]
    (element,) = Dataset.from_tensors({"a": [1, 2], "b": ([1.0], 3)})
    assert element["a"].tolist() == [1, 2] and element["b"][0].tolist() == [1.0]
    assert Dataset.from_tensors([1, 2]).element_spec.dtype == st.int32
    texts = next(iter(Dataset.from_tensors((["a", "b"], 1)).batch(1)))[0]
    assert texts.tolist() == [["a", "b"]]
    with pytest.raises(st.errors.ShapeError, match="unequal length"):
        next(iter(Dataset.from_generator(lambda: iter([[[1], [2, 3]]]))))


def test_texts_of_elements_are_tensors() -> None:
    rows = Dataset.from_tensor_slices((["a", "b", "c"], [1, 2, 3]))
    assert [text.numpy() for text, _ in rows] == ["a", "b", "c"]
    (first, _), _ = rows.batch(2)
    assert first.dtype == st.string and first.tolist() == ["a", "b"]
    longer = rows.map(lambda text, number: st.strings.join([text, "!"])).filter(
        lambda text: text != "b!"
    )
    assert [text.numpy() for text in longer] == ["a!", "c!"]
    assert list(longer.as_numpy_iterator()) == ["a!", "c!"]


def test_the_spec_of_batches_without_remainder_has_their_size() -> None:
    rows = Dataset.from_tensor_slices((np.zeros((5, 3)), np.zeros(5)))
    assert rows.batch(2).element_spec[0].shape == (None, 3)
    fixed = rows.batch(2, drop_remainder=True).map(lambda x, y: (x * 2.0, y)).prefetch(1)
    assert [spec.shape for spec in fixed.element_spec] == [(2, 3), (2,)]
    assert fixed.unbatch().batch(4).element_spec[0].shape == (None, 3)


def test_states_of_reduce_are_tensors() -> None:
    total = Dataset.range(5).reduce(np.int64(0), lambda state, x: state + x)
    assert isinstance(total, st.Tensor) and total.numpy() == 10
    count, most = Dataset.range(3).reduce((0, -1.0), lambda s, x: (s[0] + 1, st.maximum(s[1], 2.0)))
    assert (count.item(), most.item()) == (3, 2.0)


def test_options_are_taken_and_change_nothing() -> None:
    options = st.data.Options()
    options.deterministic = False
    assert [x.item() for x in Dataset.range(3).with_options(options)] == [0, 1, 2]
    with pytest.raises(ArgumentError, match=r"st.data.Options\(\) was expected"):
        Dataset.range(3).with_options({"deterministic": True})  # type: ignore[arg-type]


@pytest.mark.parametrize("count, wanted", [(0, []), (1, [0, 1]), (2, [0, 1, 0, 1])])
def test_repetitions_are_counted(count: int, wanted: list[int]) -> None:
    assert [x.item() for x in Dataset.range(2).repeat(count)] == wanted


@pytest.mark.parametrize("count", [None, -1])
def test_endless_repetition(count: int | None) -> None:
    endless = Dataset.range(2).repeat(count)
    assert [x.item() for x in endless.take(5)] == [0, 1, 0, 1, 0]
    with pytest.raises(TypeError, match="this Dataset has no length: it is endless"):
        len(endless)
    assert endless
    with pytest.raises(ArgumentError, match=r"Dataset.repeat: count: .*got -2"):
        Dataset.range(2).repeat(-2)


def test_what_is_no_data_set() -> None:
    with pytest.raises(
        ArgumentError, match=r"zip: data sets were expected, one by one or in a nest"
    ):
        Dataset.zip(Dataset.range(1), [1])
    with pytest.raises(ArgumentError, match="concatenate: a Dataset was expected, got"):
        Dataset.range(1).concatenate([1])
    unknown = Dataset.range(4).unique()
    with pytest.raises(TypeError, match="it is unknown before the end is read"):
        len(unknown)
