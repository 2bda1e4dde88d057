"""MultiOptimizer: parts of a model with optimizers of their own."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import optimizers
from steepest.errors import ArgumentError
from steepest.optimizers import MultiOptimizer, OptimizerMap

R = np.random.RandomState
X, Y = R(3).rand(8, 2).astype("float32"), R(4).rand(8, 1).astype("float32")


def model(optimizer: object) -> st.Sequential:
    made = st.Sequential([
        st.Input((2,)),
        st.layers.Dense(3, kernel_initializer="ones", name="first"),
        st.layers.Dense(1, kernel_initializer="ones", name="last"),
    ])
    made.compile(optimizer, "mse")
    return made


def parts() -> MultiOptimizer:
    return MultiOptimizer(OptimizerMap(optimizers.SGD(0.01), {"last/.*": optimizers.Adam(0.1)}))


def losses(made: st.Sequential, epochs: int = 4) -> list[float]:
    return made.fit(
        X, Y, epochs=epochs, batch_size=4, shuffle=False, verbose=0
    ).history["loss"]  # fmt: skip


def test_a_training_is_that_of_keras() -> None:
    # the values of Keras 3.15.1, whose epsilon stands at another place in Adam
    assert losses(model(parts())) == pytest.approx(
        [5.316026211, 2.000430107, 0.738323808, 0.413576573], rel=2e-5
    )


def test_a_function_may_choose() -> None:
    sgd, adam = optimizers.SGD(0.01), optimizers.Adam(0.1)
    chosen = MultiOptimizer(lambda variable: adam if "last" in variable.path else sgd)
    assert losses(model(chosen)) == losses(model(parts()))
    assert chosen.optimizers == [sgd, adam]


def test_one_optimizer_for_all_is_that_optimizer() -> None:
    alone, inside = optimizers.Adam(0.05), optimizers.Adam(0.05)
    assert losses(model(alone)) == losses(model(MultiOptimizer(OptimizerMap(inside))))


def test_scheduled_rates_follow_the_plan_of_a_fit() -> None:
    rate = optimizers.SGD(lambda progress: 0.1 * (1.0 - progress))
    made = model(MultiOptimizer(OptimizerMap(rate)))
    losses(made)
    assert rate.clock.progress.item() == 1.0


def test_a_saved_training_goes_on(tmp_path) -> None:
    made = model(parts())
    losses(made, 2)
    made.save(tmp_path / "model.steepest")
    again = st.load_model(tmp_path / "model.steepest")
    assert losses(again, 2) == losses(made, 2)
    config = made.optimizer.get_config()
    assert repr(MultiOptimizer.from_config(config).optimizer_map["last/bias"]) == repr(
        optimizers.Adam(0.1)
    )


def test_it_has_no_single_rate() -> None:
    optimizer = parts()
    assert not hasattr(optimizer, "learning_rate")
    with pytest.raises(ArgumentError, match=r"optimizers\[0\].learning_rate"):
        optimizer.learning_rate = 0.5


def test_averages_are_those_of_the_parts() -> None:
    averaging = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    made = model(MultiOptimizer(OptimizerMap(optimizers.SGD(0.1), {"last/.*": averaging})))
    alone = model(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    losses(made), losses(alone)
    np.testing.assert_array_equal(made.weights[2].numpy(), alone.weights[2].numpy())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MultiOptimizer(3), "an OptimizerMap, or a function"),
        (lambda: OptimizerMap("lbfgs"), "optimizers of single batches"),
        (lambda: OptimizerMap(parts()), "optimizers of single batches"),
        (lambda: OptimizerMap("sgd", {"(": "adam"}), "no regular expression"),
        (lambda: OptimizerMap("sgd", {"a.*": "adam", ".*b": "adam"})["ab"], "all match"),
    ],
)
def test_wrong_maps_are_refused(make, message) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


def test_a_pattern_is_given_once() -> None:
    found = OptimizerMap("sgd", {"a": "adam"})
    with pytest.raises(ArgumentError, match="has an optimizer already"):
        found["a"] = "sgd"
    del found["a"]
    assert len(found) == 0


def test_a_map_of_its_configuration_gives_equal_optimizers() -> None:
    given = OptimizerMap(optimizers.SGD(0.01), {"last/.*": optimizers.Adam(0.1)})
    again = OptimizerMap.from_config(given.get_config())
    assert [repr(again[path]) for path in ("last/bias", "x")] == [
        "Adam(learning_rate=0.1)", "SGD()"
    ]  # fmt: skip
