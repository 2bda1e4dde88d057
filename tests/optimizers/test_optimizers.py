"""Properties of every optimizer, and of the base class that users subclass."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest

import steepest as st
from steepest import optimizers
from steepest.errors import ArgumentError, UnknownNameError

# Steps of a size that suits a bowl of curvature 1 to 10 and Rosenbrock's valley.
EVERY = {
    "SGD": lambda: optimizers.SGD(0.05),
    "momentum": lambda: optimizers.SGD(0.02, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    "averaged": lambda: optimizers.SGD(0.05, momentum=0.9, dampening=0.9),
    "Adagrad": lambda: optimizers.Adagrad(0.5),
    "Adadelta": lambda: optimizers.Adadelta(5.0),
    "RMSprop": lambda: optimizers.RMSprop(0.01),
    "RMSprop centered": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "Adam": lambda: optimizers.Adam(0.05),
    "Adam amsgrad": lambda: optimizers.Adam(0.05, amsgrad=True),
    "AdamW": lambda: optimizers.AdamW(0.05, weight_decay=1e-4),
    "Lamb": lambda: optimizers.Lamb(0.02, weight_decay=1e-4),
    "Muon": lambda: optimizers.Muon(0.05, weight_decay=1e-4, adam_weight_decay=None),
    "RAdam": lambda: optimizers.RAdam(0.05, beta_2=0.99),
    "Adafactor": lambda: optimizers.Adafactor(0.1),
    "ScheduleFreeAdamW": lambda: optimizers.ScheduleFreeAdamW(0.05),
    "Adamax": lambda: optimizers.Adamax(0.05),
    "Nadam": lambda: optimizers.Nadam(0.05),
    "Lion": lambda: optimizers.Lion(0.01),
    "Ftrl": lambda: optimizers.Ftrl(0.5),
    "Rprop": lambda: optimizers.Rprop(0.1),
    "Quickprop": lambda: optimizers.Quickprop(0.02),
    "clipped": lambda: optimizers.SGD(0.05, global_clipnorm=5.0),
    "averaging": lambda: optimizers.Adam(0.05, use_ema=True, ema_momentum=0.9),
    "accumulating": lambda: optimizers.Adam(0.05, gradient_accumulation_steps=2),
    "scheduled": lambda: optimizers.Adam(st.schedules.CosineDecay(0.1, 400)),
}


@pytest.fixture(params=EVERY)
def optimizer(request):
    return EVERY[request.param]()


def parabola(w):
    return st.reduce_sum(st.constant([0.5, 5.0], dtype=w.dtype) * w * w)


def rosenbrock(w):
    return (1.0 - w[0]) ** 2 + 3.0 * (w[1] - w[0] ** 2) ** 2


def test_reaches_the_minimum_of_a_parabola(optimizer):
    w = st.Variable([1.0, -0.7])
    step = st.function(lambda: optimizer.minimize(lambda: parabola(w), [w]))
    for _ in range(400):
        step()
    assert parabola(w).item() < 2e-3


def test_makes_progress_on_rosenbrock(optimizer):
    w = st.Variable([-0.5, 0.5])
    start = rosenbrock(w).item()
    step = st.function(lambda: optimizer.minimize(lambda: rosenbrock(w), [w]))
    for _ in range(200):
        step()
    assert rosenbrock(w).item() < 0.5 * start


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_dtype(optimizer, dtype):
    w = st.Variable([1.0, -0.7], dtype=dtype)
    optimizer.minimize(lambda: parabola(w), [w])
    slots = list(optimizer.slots_of(w).values())
    assert w.dtype.name == dtype
    assert {slot.dtype.name for slot in slots} <= {dtype}


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))])
def test_a_copy_with_its_weights_continues_equally(optimizer, copied):
    w = st.Variable([1.0, -0.7])
    for _ in range(3):
        optimizer.minimize(lambda: parabola(w), [w])
    twin, v = copied((optimizer, w))
    for _ in range(3):
        optimizer.minimize(lambda: parabola(w), [w])
        twin.minimize(lambda: parabola(v), [v])
    assert v is not w
    np.testing.assert_array_equal(v.numpy(), w.numpy())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_weights_stored_in_half_precision_are_updated_in_full(optimizer, dtype):
    half, full = st.Variable([1.0, -0.75], dtype=dtype), st.Variable([1.0, -0.75])
    twin = type(optimizer).from_config(optimizer.get_config())
    for _ in range(2):
        optimizer.apply([[0.5, -0.25]], [half])
        twin.apply([[0.5, -0.25]], [full])
    assert half.dtype == st.Variable(0.0, dtype=dtype).dtype
    assert {slot.dtype.name for slot in optimizer.slots_of(half).values()} <= {"float32"}
    np.testing.assert_allclose(half.numpy().astype("float32"), full.numpy(), atol=0.02)


def test_traces_once(optimizer):
    w, traced = st.Variable([1.0, -0.7]), []

    @st.function
    def step():
        traced.append(1)
        optimizer.minimize(lambda: parabola(w), [w])

    for _ in range(5):
        step()
    if isinstance(optimizer.learning_rate, st.Variable):
        optimizer.learning_rate = 0.001
    step()
    assert len(traced) == 1
    assert optimizer.iterations.item() == 6


def test_recorded_and_eager_steps_are_equal(optimizer):
    v, w = st.Variable([1.0, -0.7]), st.Variable([1.0, -0.7])
    other = type(optimizer).from_config(optimizer.get_config())
    step = st.function(lambda: optimizer.minimize(lambda: parabola(w), [w]))
    for _ in range(6):
        step()
        other.minimize(lambda: parabola(v), [v])
    np.testing.assert_allclose(w.numpy(), v.numpy(), rtol=1e-5, atol=1e-6)


def test_continues_after_its_state_was_saved_and_restored(optimizer):
    w = st.Variable([1.0, -0.7], name="w")
    for _ in range(5):
        optimizer.minimize(lambda: parabola(w), [w])
    saved = [variable.numpy() for variable in optimizer.variables]
    middle = w.numpy()
    twin = type(optimizer).from_config(optimizer.get_config())
    v = st.Variable(middle, name="w")
    twin.build([v])
    assert [x.name for x in twin.variables] == [x.name for x in optimizer.variables]
    for variable, value in zip(twin.variables, saved, strict=True):
        variable.assign(value)
    for _ in range(5):
        optimizer.minimize(lambda: parabola(w), [w])
        twin.minimize(lambda: parabola(v), [v])
    np.testing.assert_array_equal(v.numpy(), w.numpy())


def test_the_configuration_makes_an_equal_one(optimizer):
    twin = type(optimizer).from_config(optimizer.get_config())
    assert twin.get_config() == optimizer.get_config()
    assert repr(twin) == repr(optimizer)


@pytest.mark.parametrize(
    "name",
    "sgd Adagrad adadelta RMSprop rmsprop adam adamw radam lamb muon adamax nadam lion ftrl rprop "
    "quickprop lbfgs levenberg_marquardt".split(),
)
def test_is_found_by_name(name):
    assert type(optimizers.get(name)).__name__.lower() == name.lower().replace("_", "")


def test_defaults_are_those_of_keras():
    names = "adagrad adadelta rmsprop adam adamw radam lamb muon adamax nadam lion ftrl".split()
    rates = {name: optimizers.get(name).get_config()["learning_rate"] for name in names}
    assert set(rates.values()) == {0.001}
    assert optimizers.get("sgd").get_config()["learning_rate"] == 0.01
    assert optimizers.Adam().epsilon == 1e-7
    assert optimizers.AdamW().weight_decay == 0.004
    assert optimizers.RMSprop().rho == 0.9
    assert optimizers.Adagrad().initial_accumulator_value == 0.1


def test_an_object_is_itself_and_a_wrong_name_gets_suggestions():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer
    with pytest.raises(UnknownNameError, match="did you mean 'adam'"):
        optimizers.get("adamm")


# ---------------------------------------------------------------- the learning rate


def test_the_rate_can_be_read_set_and_assigned():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = 0.5
    assert optimizer.lr.item() == 0.5
    optimizer.lr = 0.25
    optimizer.learning_rate.assign(optimizer.learning_rate * 0.5)
    assert optimizer.learning_rate.item() == 0.125
    assert optimizer.get_config()["learning_rate"] == 0.125


def test_a_schedule_is_followed_and_not_overwritten():
    optimizer = optimizers.SGD(st.schedules.PowerDecay(1.0, 0.5))
    w = st.Variable([0.0])
    for wanted in (1.0, 0.5, 0.25):
        assert optimizer.learning_rate.item() == wanted
        optimizer.apply([[0.0]], [w])
    with pytest.raises(ArgumentError, match="PowerDecay"):
        optimizer.learning_rate = 0.1


def test_a_function_of_the_step_is_a_rate():
    w = st.Variable([0.0])
    schedule = st.schedules.PerStep(lambda step: 1.0 / (1.0 + st.cast(step, "float32")))
    optimizer = optimizers.SGD(schedule)
    for _ in range(2):
        optimizer.apply([[1.0]], [w])
    assert w.item() == -1.5


def test_a_rate_by_epochs_is_given_the_length_of_an_epoch():
    optimizer = optimizers.SGD(st.schedules.per_epoch(st.schedules.PowerDecay(1.0, 0.5)))
    optimizer.set_steps_per_epoch(2)
    w, path = st.Variable([0.0]), []
    for _ in range(5):
        path.append(optimizer.learning_rate.item())
        optimizer.apply([[0.0]], [w])
    assert path == [1.0, 1.0, 0.5, 0.5, 0.25]


@pytest.mark.parametrize("wrong", [-0.1, "fast"])
def test_an_invalid_rate_is_refused(wrong):
    with pytest.raises(ArgumentError, match="learning_rate"):
        optimizers.SGD(wrong)


# ---------------------------------------------------------------- gradients given


def test_pairs_may_come_from_zip():
    w = st.Variable([1.0])
    optimizers.SGD(0.5).apply_gradients(zip([np.ones(1)], [w], strict=True))
    assert w.item() == 0.5


def test_variables_added_later_get_their_own_slots():
    optimizer = optimizers.Adam(0.1)
    v, w = st.Variable([1.0], name="v"), st.Variable([1.0], name="w")
    optimizer.apply([[1.0]], [v])
    optimizer.apply([[1.0], [1.0]], [v, w])
    assert [x.name for x in optimizer.variables[2:]] == ["adam/m/v", "adam/v/v", "adam/m/w",
                                                         "adam/v/w"]  # fmt: skip


def test_a_value_with_its_tape_can_be_minimised():
    w = st.Variable(3.0)
    with st.GradientTape() as tape:
        loss = w * w
    optimizers.SGD(0.5).minimize(loss, [w], tape)
    assert w.item() == 0.0
    with pytest.raises(ArgumentError, match="tape"):
        optimizers.SGD().minimize(loss, [w])


@pytest.mark.parametrize(
    "options",
    [
        {"clipnorm": 1.0, "clipvalue": 1.0},
        {"clipnorm": -1.0},
        {"ema_momentum": 2.0},
        {"gradient_accumulation_steps": 1},
    ],
)
def test_invalid_options_are_refused(options):
    with pytest.raises(ArgumentError):
        optimizers.Adam(**options)


def test_one_formula_makes_an_optimizer():
    class Halves(optimizers.Optimizer):
        slot_names = ("seen",)

        def __init__(self, learning_rate=0.1, share=0.5, **options):
            super().__init__(learning_rate, **options)
            self.share = share

        def update(self, gradient, weight, slots, rate, step):
            seen = slots["seen"] + step
            return weight - rate * self.share * gradient, {"seen": seen}

    optimizer = Halves(1.0, share=0.25, clipvalue=2.0)
    w = st.Variable([1.0])
    for _ in range(2):
        optimizer.apply([[8.0]], [w])
    assert w.item() == 0.0
    assert optimizer.slots_of(w)["seen"].item() == 3.0
    assert Halves.from_config(optimizer.get_config()).share == 0.25


def test_correct_use_gives_no_warning():
    w = st.Variable([1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in EVERY:
            EVERY[name]().apply([[1.0]], [w])


def test_steps_are_counted_beyond_float32():
    optimizer = optimizers.SGD(st.schedules.PiecewiseConstantDecay([2**24], [1.0, 0.5]))
    optimizer.iterations.assign(2**24 + 1)
    assert optimizer.learning_rate.item() == 0.5


def test_muon_orthogonalizes_the_steps_of_a_matrix(rng):
    steep = rng.normal(size=(6, 4)) * np.array([1.0, 3.0, 0.2, 5.0])
    w = st.Variable(np.zeros((6, 4)), dtype="float64")
    optimizers.Muon(1.0, weight_decay=None, ns_steps=10).apply([steep], [w])
    lengths = np.linalg.svd(w.numpy(), compute_uv=False)
    assert (lengths / (0.2 * np.sqrt(6)) > 0.6).all() and (lengths / (0.2 * np.sqrt(6)) < 1.3).all()
    assert (w.numpy() * steep).sum() < 0.0


def test_muon_updates_vectors_and_embeddings_by_adam():
    model = st.Sequential([st.layers.Embedding(5, 4, input_shape=(3,)), st.layers.Flatten(),
                           st.layers.Dense(2), st.layers.Dense(1, name="last")])  # fmt: skip
    optimizer = optimizers.Muon(0.01, exclude_layers=["^last/"])
    model.compile(optimizer, "mse")
    x = np.arange(30).reshape(10, 3) % 5
    before = model.evaluate(x, x[:, :1] * 1.0, verbose=0)
    model.fit(x, x[:, :1] * 1.0, epochs=20, verbose=0)
    assert model.evaluate(x, x[:, :1] * 1.0, verbose=0) < before
    orthogonalized = [w.path for w in model.trainable_weights if "v" not in optimizer.slots_of(w)]
    assert orthogonalized == [model.layers[2].kernel.path]
