"""Long batches in blocks of rows do what NumPy does, with the same bits for any threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.batches import Batches
from steepest.engines.cpu.loops.spaces import BLOCK_ROWS, MOST_GROUPS, group_count, group_rows
from steepest.engines.cpu.plan import plan
from steepest.engines.cpu.run import code
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, record
from tests.agreement.compare import assert_close, interpreted, on_numpy
from tests.agreement.test_training_steps import Adam, crossentropy, dense_net, training_step

Arrays = list[np.ndarray]
WIDTH, CLASSES = 6, 4
ROWS = (1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 4 * BLOCK_ROWS - 24)
NEAR = 3e-4  # of float32 sums over a thousand rows, after three steps of Adam


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[bool, int]]]:
    """Every batch is long, and enough for several threads; whether calls ran in blocks, and their
    threads.
    """
    calls: list[tuple[bool, int]] = []
    run_with = code.Code._run_with

    def noted(self: code.Code, given: Any, batches: Batches, workers: int, stop: Any) -> int:
        calls.append((self.long, workers))
        return run_with(self, given, batches, workers, stop)

    monkeypatch.setattr(code, "BLOCKS_FROM", 1)
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(code.Code, "_run_with", noted)
    yield calls
    st.config.threads = None


def hidden(units: int, activation: str = "relu", **options: Any) -> Any:
    return st.layers.Dense(units, activation, **options)


def classifier(*layers: Any) -> Any:
    return st.Sequential([st.Input((WIDTH,)), *layers, hidden(CLASSES, "softmax")])


def deep() -> Any:
    return classifier(hidden(40), hidden(33, "tanh"))


def wide() -> Any:
    """Products that are computed in blocks of their own, and tails of vectors."""
    return classifier(hidden(130), hidden(70, "gelu"), hidden(128))


def residual() -> Any:
    entry = st.Input((WIDTH,))
    first = hidden(20)(entry)
    second = st.layers.Add()([first, hidden(20, "swish")(first)])
    joined = st.layers.Concatenate()([second, entry])
    return st.Model(entry, hidden(CLASSES, "softmax")(joined))


def dropped() -> Any:
    return classifier(hidden(40), st.layers.Dropout(0.3), hidden(20), st.layers.GaussianNoise(0.1))


def penalised() -> Any:
    return classifier(hidden(40, kernel_regularizer="l2", activity_regularizer="l2"), hidden(9))


def normalised_rows() -> Any:
    return classifier(hidden(40, "linear"), st.layers.LayerNormalization(), hidden(20))


def normalised() -> Any:
    return classifier(hidden(40, "linear"), st.layers.BatchNormalization(), hidden(20))


def double() -> Any:
    return st.Sequential([
        st.Input((WIDTH,), dtype="float64"),
        hidden(70, "tanh", dtype="float64"),
        hidden(CLASSES, "softmax", dtype="float64"),
    ])


def looked_up() -> Any:
    """The gradient of a table adds rows that entries name, from all over the batch."""
    table = st.layers.Embedding(50, 8)
    return st.Sequential([st.Input((WIDTH,), dtype="int32"), table, st.layers.Flatten(), hidden(4)])


MODELS: dict[str, tuple[Callable[[], Any], bool]] = {
    "deep": (deep, True),
    "wide": (wide, True),
    "residual": (residual, True),
    "dropout and noise": (dropped, True),
    "layer normalization": (normalised_rows, True),
    "float64": (double, True),
    "penalties": (penalised, True),
    "batch normalization": (normalised, False),
    "a table": (looked_up, False),
}
COMPILED: dict[str, dict[str, Any]] = {
    "metrics": {"metrics": ["accuracy", st.metrics.TopKCategoricalAccuracy(2), "mae"]},
    "kl divergence": {"loss": "kl_divergence"},
    "mean squared error": {"loss": "mse", "metrics": ["mae"]},
    "clipped by the norm of all": {"global_clipnorm": 0.01},
    "clipped one by one": {"clipnorm": 0.01},
    "weight decay and an average": {"weight_decay": 1e-2, "use_ema": True},
}


def table(rows: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, WIDTH)).astype(np.float32)
    return x, np.eye(CLASSES, dtype=np.float32)[
        (x @ rng.standard_normal((WIDTH, CLASSES))).argmax(1)
    ]


def fitted(
    make: Callable[[], Any],
    rows: int,
    engine: str = "cpu",
    threads: int | None = 1,
    batch: int | None = None,
    weighted: bool = False,
    metrics: Any = (),
    loss: str = "categorical_crossentropy",
    **options: Any,
) -> Arrays:
    """The history and all variables after three epochs."""
    st.config.threads = threads
    st.random.set_seed(5)
    model, (x, y) = make(), table(rows)
    weights = np.random.default_rng(1).random(rows).astype(np.float32) if weighted else None
    given = np.abs(x * 9).astype(np.int32) if make is looked_up else x
    fresh = [m if isinstance(m, str) else type(m).from_config(m.get_config()) for m in metrics]
    optimizer = st.optimizers.Adam(0.01, **options)
    model.compile(optimizer, loss, metrics=fresh, weighted_metrics=["mse"], engine=engine)
    history = model.fit(
        given,
        y,
        batch_size=batch or rows,
        epochs=3,
        seed=1,
        verbose=0,
        check=False,
        sample_weight=weights,
    ).history
    found = [variable.numpy() for variable in (*model.weights, *model.optimizer.variables)]
    return [*(np.array(values) for values in history.values()), *found]


def same_as_numpy(*given: Any, **options: Any) -> None:
    near = 1e-9 if given[0] is double else NEAR
    for got, want in zip(
        fitted(*given, **options), fitted(*given, "numpy", **options), strict=True
    ):
        np.testing.assert_allclose(got, want, rtol=near, atol=near)


@pytest.mark.parametrize("rows", ROWS)
def test_sizes_about_those_of_blocks(rows: int, ran: list) -> None:
    same_as_numpy(deep, rows)
    assert all(blocks for blocks, _ in ran)


@pytest.mark.parametrize("name", MODELS)
def test_models_and_which_of_them_run_in_blocks(name: str, ran: list) -> None:
    make, divisible = MODELS[name]
    same_as_numpy(make, 700)
    assert {blocks for blocks, _ in ran} == {divisible}


@pytest.mark.parametrize("name", COMPILED)
def test_losses_metrics_and_optimizers(name: str, ran: list) -> None:
    same_as_numpy(deep, 700, **COMPILED[name])
    assert all(blocks for blocks, _ in ran)


def test_sample_weights() -> None:
    same_as_numpy(deep, 700, weighted=True)


def test_groups_of_several_blocks() -> None:
    rows = BLOCK_ROWS * (MOST_GROUPS + 3) + 5
    assert group_rows(rows) > BLOCK_ROWS and rows % group_rows(rows)
    same_as_numpy(lambda: classifier(hidden(9)), rows)


def test_the_last_batch_of_an_epoch_has_fewer_rows(ran: list) -> None:
    same_as_numpy(deep, 900, batch=400)
    assert all(blocks for blocks, _ in ran)


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name][1]])
def test_threads_change_no_bit(name: str, ran: list) -> None:
    make, _ = MODELS[name]
    alone = fitted(make, 700, batch=400)
    for threads in (2, 3):
        together = fitted(make, 700, batch=400, threads=threads)
        assert all(map(np.array_equal, together, alone)), threads
    assert (True, 2) in ran


def test_threads_change_no_bit_where_groups_have_several_blocks() -> None:
    rows = BLOCK_ROWS * (2 * MOST_GROUPS + 3) + 5
    alone, three = (fitted(deep, rows, threads=threads) for threads in (1, 3))
    assert all(map(np.array_equal, alone, three))


def test_short_batches_are_not_divided(monkeypatch: pytest.MonkeyPatch, ran: list) -> None:
    monkeypatch.setattr(code, "BLOCKS_FROM", 500)
    fitted(deep, 900, batch=499)
    assert not any(blocks for blocks, _ in ran)


def test_evaluation_of_a_long_batch(ran: list) -> None:
    x, y = table(1000)
    found = []
    for engine in ("cpu", "numpy"):
        st.random.set_seed(5)
        model = deep()
        model.compile("sgd", "categorical_crossentropy", ["accuracy"], engine=engine)
        found.append(model.evaluate(x, y, batch_size=1000, verbose=0))
    np.testing.assert_allclose(*found, rtol=1e-5)
    assert all(blocks for blocks, _ in ran)


@pytest.mark.parametrize("rows", [5, 300, 700])
def test_the_loop_form_means_what_numpy_does(rows: int) -> None:
    variables = dense_net((13, 20, 5), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    recording = record(step, [TensorSpec((None, 13)), TensorSpec((None,), "int64")])
    made = plan(clean(recording.graph), long=True)
    assert made.loops.in_blocks and group_count(rows) == -(-rows // BLOCK_ROWS)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((rows, 13)).astype(np.float32), rng.integers(0, 5, rows)
    meant = on_numpy(recording.graph, [x, y], recording.state())
    state = [np.array(array) for array in recording.state()]
    interpreted(made, [x, y], state, rows)
    for got, want in zip(state, meant.state, strict=True):
        assert_close(got, want, "interpreter", 2e-5)
