"""Every rule is made to find something by a user's own call, and stands on the page."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.diagnosis import RULES as ALL_RULES
from steepest.diagnosis import Finding, Severity
from steepest.doctor import TABLE
from steepest.storage.foreign import matching

RULES = {
    name: rule
    for name, rule in ALL_RULES.items()
    if name not in {one.name for one in TABLE.values()}
}
"""Those of `fit`; the doctor's have cases of their own."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
layers = st.layers
X = np.random.default_rng(0).standard_normal((30, 3)).astype("float32")
CLASSES = np.arange(30) % 3
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
AMOUNT = X.sum(axis=1)
NAN = np.where(np.arange(90).reshape(30, 3) == 14, np.nan, X)
ROWS = np.arange(30)[:, None]
ONES = np.ones(30)


def fit(
    stack: list[Any], loss: Any, y: Any, x: Any = X, optimizer: Any = "sgd",
    metrics: Any = None, **options: Any,
) -> list[Finding]:  # fmt: skip
    """What a fit finds."""
    model = st.Sequential(stack)
    model.compile(optimizer, loss, metrics)
    return found_by(lambda: model.fit(x, y, **{"verbose": 0, "seed": 1, **options}))


def found_by(call: Callable[[], Any]) -> list[Finding]:
    """What a call's warnings, error and history carry."""
    found: list[Finding] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
            found += getattr(result, "findings", [])
        except st.errors.SteepestError as error:
            found += [error.finding] if error.finding else []
    reported = [getattr(warning.message, "finding", None) for warning in caught]
    return [*found, *(each for each in reported if each is not None and each not in found)]


def dense(units: int = 1, activation: Any = None, **options: Any) -> list[Any]:
    return [layers.Dense(units, activation, **options)]


def idle_output() -> list[Finding]:
    x = st.Input((3,))
    model = st.Model(x, [layers.Dense(1)(x), layers.Dense(1, name="idle")(x)])
    model.compile("sgd", ["mse", None])
    return found_by(lambda: model.fit(X, [AMOUNT, AMOUNT], verbose=0))


def frozen() -> list[Finding]:
    model = st.Sequential(dense())
    model.compile("sgd", "mse")
    model.trainable = False
    return found_by(lambda: model.fit(X, AMOUNT, verbose=0))


def idle_setting() -> list[Finding]:
    model = st.Sequential(dense())
    model.compile("sgd", "mse", steps_per_execution=8)
    return found_by(lambda: model.fit(X, AMOUNT, verbose=0))


def lookup(unseen_places: int) -> list[Finding]:
    layer = layers.IntegerLookup(num_oov_indices=unseen_places, output_mode="one_hot")
    layer.adapt(ROWS % 3)
    return fit([layer, *dense()], "mse", AMOUNT, ROWS % 4)


def predict(layer: Any, x: Any) -> list[Finding]:
    model = st.Sequential([layer, *dense()])
    return found_by(lambda: model.predict(x, verbose=0))


def predict_masked() -> list[Finding]:
    model = st.Sequential([layers.Masking(), layers.Flatten(), layers.Dense(1)])
    return found_by(lambda: model.predict(X[:, None], verbose=0))


def scaled() -> Any:
    return layers.Normalization().fit(X)


class Rising(st.schedules.LearningRateSchedule):
    """Leaves the range of a momentum at step 3."""

    def __call__(self, step: Any) -> Any:
        return 0.4 * st.cast(step, "float32")


def skipped_weights() -> list[Finding]:
    """Of a state dictionary in a file, whose only layer has another width."""
    pytest.importorskip("safetensors")
    from safetensors.numpy import save_file

    model = st.Sequential([layers.Dense(2, input_shape=(3,))])
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        path = Path(folder) / "state.safetensors"
        save_file({"a.weight": np.zeros((5, 3)), "a.bias": np.zeros(5)}, path)
        model.load_weights(path, skip_mismatch=True)
    return [warning.message.finding for warning in seen]  # type: ignore[union-attr]


SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"
LOGITS = st.losses.SparseCategoricalCrossentropy(from_logits=True)
GREAT = X * np.float32([1.0, 1e6, 1.0])
NO_CHECK: dict[str, Any] = {"check": False, "epochs": 60}


def uneven_batches() -> list[Finding]:
    with st.distribution.DataParallel(devices=[f"gpu:{number}" for number in range(4)]).scope():
        return fit(dense(), "mse", AMOUNT, batch_size=10)  # which ends for want of such devices


CASES: dict[str, Callable[[], list[Finding]]] = {
    "not-finite": lambda: fit(dense(), "mse", AMOUNT, NAN),
    "negative-weight": lambda: fit(dense(), "mse", AMOUNT, sample_weight=-np.ones(30)),
    "zero-weights": lambda: fit(dense(), "mse", AMOUNT, sample_weight=np.zeros(30)),
    "unscaled-columns": lambda: fit(dense(), "mse", AMOUNT, GREAT, st.optimizers.SGD(1e-6)),
    "single-class": lambda: fit(dense(1, "sigmoid"), SPARSE, CLASSES),
    "label-not-whole": lambda: fit(dense(3, "softmax"), SPARSE, CLASSES + 0.5),
    "label-outside-classes": lambda: fit(dense(3, "softmax"), SPARSE, CLASSES + 1),
    "label-out-of-range": lambda: fit(dense(1, "sigmoid"), BINARY, CLASSES),
    "shares-not-adding-up": lambda: fit(
        dense(3, "softmax"), "categorical_crossentropy", np.ones((30, 3))
    ),
    "regression-on-classes": lambda: fit(dense(), "mse", CLASSES),
    "accuracy-of-quantities": lambda: fit(dense(), "mse", AMOUNT, metrics=["accuracy"]),
    "label-below-zero": lambda: fit(dense(1, "softplus"), "msle", AMOUNT),
    "softmax-of-one-unit": lambda: fit(dense(1, "softmax"), BINARY, CLASSES % 2),
    "softmax-twice": lambda: fit([*dense(3, "softmax"), layers.Softmax()], SPARSE, CLASSES),
    "activation-before-logits": lambda: fit(dense(3, "softmax"), LOGITS, CLASSES),
    "activation-missing": lambda: fit(dense(3), SPARSE, CLASSES),
    "sigmoid-over-classes": lambda: fit(dense(3, "sigmoid"), BINARY, ONE_HOT),
    "output-may-be-negative": lambda: fit(
        dense(1, None, kernel_initializer="zeros", bias_initializer="ones"), "poisson", CLASSES
    ),
    "target-out-of-reach": lambda: fit(dense(1, "relu"), "mse", AMOUNT),
    "no-epochs": lambda: fit(dense(), "mse", AMOUNT, epochs=2, initial_epoch=5),
    "all-frozen": frozen,
    "steps-beyond-data": lambda: fit(dense(), "mse", AMOUNT, batch_size=10, steps_per_epoch=4),
    "idle-setting": idle_setting,
    "two-weights": lambda: fit(
        dense(1, "sigmoid"), BINARY, CLASSES % 2, class_weight={0: 1, 1: 2}, sample_weight=ONES
    ),
    "class-without-output": lambda: fit(
        dense(1, "sigmoid"), BINARY, CLASSES % 2, class_weight={0: 1.0, 1: 1.0, 5: 2.0}
    ),
    "uneven-batches": uneven_batches,
    "statistics-of-one": lambda: fit(
        [layers.BatchNormalization(), *dense()], "mse", AMOUNT, batch_size=1
    ),
    "unusual-rate": lambda: fit(dense(), "mse", AMOUNT, optimizer=st.optimizers.Adam(5.0)),
    "no-gradient": idle_output,
    "rate-overshoots": lambda: fit(
        dense(), "mae", AMOUNT, optimizer=st.optimizers.SGD(30.0), epochs=10, check=False
    ),
    "rate-too-small": lambda: fit(
        dense(), "mse", AMOUNT, optimizer=st.optimizers.SGD(1e-6), epochs=10
    ),
    "bias-variance": lambda: fit(
        dense(3, "softmax"),
        SPARSE,
        CLASSES,
        optimizer=st.optimizers.Adam(0.02),
        metrics=["accuracy"],
        epochs=20,
        validation_data=(np.tile(X, (2, 1)), np.tile(CLASSES, 2)),
    ),
    "equal-units": lambda: fit(
        [*dense(4, "tanh", kernel_initializer="zeros"), *dense(1, kernel_initializer="zeros")],
        "mse",
        AMOUNT,
        epochs=10,
    ),
    "zero-gradient": lambda: fit(
        dense(1, "relu", bias_initializer=st.initializers.Constant(-1e3)),
        "mse",
        np.abs(AMOUNT),
        optimizer=st.optimizers.SGD(0.01),
        epochs=10,
    ),
    "diverged-unscaled-input": lambda: fit(dense(), "mse", AMOUNT, GREAT, **NO_CHECK),
    "diverged-bad-data": lambda: fit(dense(), "mse", AMOUNT, NAN, **NO_CHECK),
    "diverged-undefined-operation": lambda: fit(
        [*dense(), layers.Lambda(lambda x: st.log(x - 1e6))], "mse", AMOUNT
    ),
    "diverged-high-rate": lambda: fit(
        dense(), "mse", AMOUNT, optimizer=st.optimizers.SGD(100.0), **NO_CHECK
    ),
    "diverged-at-start": lambda: fit(
        dense(), "mse", np.full(30, 1e30), optimizer="lbfgs", **NO_CHECK
    ),
    "setting-out-of-range": lambda: fit(
        dense(), "mse", AMOUNT, optimizer=st.optimizers.SGD(0.01, momentum=Rising()), epochs=10
    ),
    "far-from-training-scale": lambda: predict(scaled(), GREAT),
    "scaled-before": lambda: predict(scaled(), X / 1e4),
    "unknown-category": lambda: predict(layers.CategoryEncoding(3, "one_hot"), ROWS % 4),
    "nan-in-buckets": lambda: predict(layers.Discretization([0.0]), NAN),
    "unseen-number": lambda: lookup(1),
    "no-place-for-unseen-number": lambda: lookup(0),
    "mask-dropped": predict_masked,
    "number-without-vector": lambda: predict(layers.Embedding(3, 2), ROWS % 4),
    "weights-skipped": skipped_weights,
}


def test_every_rule_has_its_case() -> None:
    assert matching.SKIPPED.name in RULES  # imported here, elsewhere with the first such file
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("name", CASES)
def test_every_rule_finds_something(name: str) -> None:
    found = {finding.rule: finding for finding in CASES[name]()}
    assert name in found, f"found {sorted(found)} instead"
    finding, rule = found[name], RULES[name]
    assert finding.severity is rule.severity
    assert str(finding) == f"{finding.sentence}; {finding.remedy}"
    assert "{" not in str(finding) and finding.remedy
    assert isinstance(finding.exception(), rule.exception)


@pytest.mark.parametrize("name", CASES)
def test_names_and_meanings_are_plain(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    assert re.fullmatch(r"[A-Z].*\.", RULES[name].meaning)


def test_the_page_lists_every_rule() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    on_page = {name: (severity, meaning) for name, severity, meaning in rows}
    assert on_page == {name: (rule.severity, rule.meaning) for name, rule in RULES.items()}
    assert len(on_page) == len(rows), "a rule stands on the page twice"


@pytest.mark.parametrize(
    ("name", "where", "evidence"),
    [
        ("not-finite", {"argument": "x", "row": 4, "column": 2}, {}),
        ("label-outside-classes", {"argument": "y", "row": 2}, {"label": 3, "classes": 3}),
        ("label-out-of-range", {"argument": "y", "row": 2}, {"label": 2}),
        ("unscaled-columns", {"argument": "x", "column": 1}, {"ratio": 100.0}),
        ("unusual-rate", {"argument": "learning_rate"}, {"rate": 5.0, "greatest": 0.1}),
        ("diverged-high-rate", {"step": 1}, {"rate": 100.0, "suggested": 0.01}),
        ("unknown-category", {"row": 3, "layer": "category_encoding"}, {"category": 3}),
    ],
)
def test_places_and_numbers_are_at_hand(
    name: str, where: dict[str, Any], evidence: dict[str, Any]
) -> None:
    (finding,) = [each for each in CASES[name]() if each.rule == name]
    for part, value in where.items():
        found = getattr(finding.where, part)
        assert str(found).startswith(str(value)) if part == "layer" else found == value, part
    assert {key: finding.evidence[key] for key in evidence} == evidence


def test_a_run_lists_what_was_found_before_during_and_after_it() -> None:
    model = st.Sequential(dense())
    model.compile(st.optimizers.Adam(5.0), "mse")
    with pytest.warns(st.errors.TrainingWarning, match="far too high"):
        history = model.fit(X, AMOUNT, epochs=6, batch_size=4, seed=1, verbose=0)
    assert [(each.rule, each.severity) for each in history.findings] == [
        ("unusual-rate", Severity.WARNING),
        ("rate-overshoots", Severity.ADVICE),
    ]
    assert history.advice == [str(history.findings[1])]


def test_a_diverging_run_lists_why() -> None:
    model = st.Sequential(dense())
    model.compile(st.optimizers.SGD(100.0), "mse")
    with pytest.raises(st.errors.TrainingDiverged) as caught:
        model.fit(X, AMOUNT, verbose=0, **NO_CHECK)
    assert model.history.findings == [caught.value.finding]
    assert caught.value.finding is not None and caught.value.finding.where.operation


def test_findings_of_several_outputs_name_the_output() -> None:
    x = st.Input((3,))
    kind, amount = layers.Dense(3, "softmax", name="kind")(x), layers.Dense(1, name="amount")(x)
    model = st.Model(x, [kind, amount])
    model.compile("sgd", [SPARSE, "mse"])
    (found,) = found_by(lambda: model.fit(X, [CLASSES + 1, AMOUNT], verbose=0))
    assert (found.rule, found.where.output) == ("label-outside-classes", "kind")


def test_batches_of_a_stream_are_looked_at_as_they_come() -> None:
    def batches() -> Any:
        for labels in (CLASSES, CLASSES + 1):
            yield X, labels

    model = st.Sequential(dense(3, "softmax"))
    model.compile("sgd", SPARSE)
    with pytest.raises(st.errors.DataError, match="y of a batch: label 3") as caught:
        model.fit(batches(), verbose=0)
    assert caught.value.finding is not None
    assert caught.value.finding.rule == "label-outside-classes"
