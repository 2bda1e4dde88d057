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


def test_a_map_of_patterns() -> None:
    first, second = optimizers.SGD(0.1), optimizers.Adam()
    patterns = OptimizerMap(first, {"a/.*": second})
    assert patterns["a/kernel"] is second and patterns["a/"] is second
    assert patterns["b/a/kernel"] is first  # a pattern matches the whole path
    assert len(patterns) == 1 and list(patterns) == ["a/.*"] and patterns["a/.*"] is second
    with pytest.raises(ArgumentError, match=r"'a/\.\*' has an optimizer already; delete it"):
        patterns["a/.*"] = first
    patterns["a/k.*"] = first
    with pytest.raises(ArgumentError, match=r"\['a/\.\*', 'a/k\.\*'\] all match .* 'a/kernel'"):
        patterns["a/kernel"]
    del patterns["a/.*"]
    assert patterns["a/kernel"] is first and patterns["a/bias"] is first
    with pytest.raises(ArgumentError, match=r"'\(' is no regular expression: missing"):
        patterns["("] = first
    for wrong in ([second], "a"):
        with pytest.raises(ArgumentError, match="a dictionary from patterns to optimizers, got"):
            OptimizerMap(first, wrong)


def test_what_an_optimizer_of_parts_has_and_has_not() -> None:
    made = parts()
    assert not made.built and made.built_for == []
    weights = [st.Variable([1.0], name="first/w"), st.Variable([2.0], name="last/w")]
    made.build(weights)
    assert made.built and made.built_for == weights
    assert made.slots_of(weights[0]) == {} and set(made.slots_of(weights[1])) == {"m", "v"}
    for asks in (lambda: made.learning_rate, lambda: setattr(made, "learning_rate", 0.1)):
        with pytest.raises(ArgumentError, match="has no learning rate of its own: use those of"):
            asks()
    made.apply([[1.0]], weights[:1])
    assert weights[0].tolist() == pytest.approx([0.99]) and weights[1].tolist() == [2.0]
    assert made.iterations.item() == 1
    with pytest.raises(ArgumentError, match="a function cannot be written into a configuration"):
        MultiOptimizer(lambda variable: optimizers.SGD()).get_config()
    with pytest.raises(ArgumentError, match="a function from a variable to its optimizer, was"):
        MultiOptimizer(3)
    for wrong in (optimizers.LBFGS(), made):
        with pytest.raises(ArgumentError, match="optimizers of single batches were expected, got"):
            OptimizerMap(wrong)


def test_averages_of_parts_are_swapped_and_assigned() -> None:
    averaged = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    made = MultiOptimizer(OptimizerMap(optimizers.SGD(1.0), {"a": averaged}))
    a, b = st.Variable([0.0], name="a"), st.Variable([0.0], name="b")
    made.apply([[2.0], [2.0]], [a, b])
    made.apply([[2.0], [2.0]])
    assert made.has_final_values and a.tolist() == b.tolist() == [-4.0]
    made.swap_averages()
    assert made.averages_in_use and a.tolist() == [-3.0] and b.tolist() == [-4.0]
    made.swap_averages()
    assert not made.averages_in_use and a.tolist() == [-4.0]
    made.finalize_variable_values()
    assert a.tolist() == [-3.0] and b.tolist() == [-4.0]
    assert not MultiOptimizer(OptimizerMap(optimizers.SGD())).has_final_values
