"""Facts of a training that has run: the course of its losses, its records, its predictions.

Depends on facts, records and scoring.
"""

from __future__ import annotations

import numpy as np

from steepest.doctor.changes import compiled_with, optimizer_option, scaled_inputs
from steepest.doctor.facts import Facts, fact
from steepest.doctor.layer_kinds import SCALINGS, activation_of, hidden_positions
from steepest.doctor.records import LayerRecord, Record
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score

FEWEST_EPOCHS = 5
PREDICTED_ROWS = 4_000
LOWER = (0.1, 0.01)
HIGHER = (10.0, 100.0)
ADAPTIVE = ("Adam", "AdamW", "Nadam", "RMSprop", "Adamax")
ADAM = {"class_name": "Adam", "config": {"learning_rate": 0.001}}


@fact
def losses(facts: Facts) -> np.ndarray:
    """The training loss of each epoch.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> losses(Facts.of(model, np.ones((4, 2)), np.ones(4)))
    array([], dtype=float64)
    """
    return metric(facts, "loss")


def metric(facts: Facts, name: str) -> np.ndarray:
    """The values of a metric in each epoch; empty where it was not logged.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0)
    >>> facts = Facts(Facts.of(model, np.ones((4, 2)), np.ones(4)).setup, model, history)
    >>> len(metric(facts, "loss")), len(metric(facts, "val_loss"))
    (3, 0)
    """
    values = [] if facts.history is None else facts.history.history.get(name, [])
    return np.asarray(values, np.float64).reshape(-1)


def rates(facts: Facts, factors: tuple[float, ...] = LOWER) -> tuple[Change, ...]:
    """The changes of the learning rate by some factors; none for a schedule.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.5), "mse")
    >>> [change.words for change in rates(Facts.of(model, np.ones((4, 2)), np.ones(4)))]
    ['optimizer: learning_rate=0.05', 'optimizer: learning_rate=0.005']
    """
    if not facts.rate:
        return ()
    tried = [float(f"{facts.rate * factor:.3g}") for factor in factors]
    return tuple(optimizer_option(learning_rate=rate) for rate in tried)


def first_scaled(facts: Facts) -> tuple[Change, ...]:
    """The change that scales the inputs, where the layers are a chain that does not begin so."""
    is_scaled = facts.layers and issubclass(facts.layers[0].kind, SCALINGS)
    return () if facts.setup.template is not None or is_scaled else (scaled_inputs(),)


def adam_instead(facts: Facts) -> tuple[Change, ...]:
    """The change to Adam, whose steps do not depend on the size of the gradient; none if it is one.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> [change.words for change in adam_instead(Facts.of(model, np.ones((4, 2)), np.ones(4)))]
    ['optimizer=st.optimizers.Adam(0.001)']
    """
    return () if facts.optimizer in ADAPTIVE else (compiled_with(optimizer=ADAM),)


@fact
def later_records(facts: Facts) -> list[Record]:
    """The records after the first quarter of the training: three of them or none."""
    records = facts.records
    later = [one for one in records if one.step >= records[-1].step / 4] if records else []
    return later if len(later) >= 3 else []


def hidden_records(facts: Facts, record: Record) -> list[tuple[str, str, LayerRecord]]:
    """Name, activation and record of each hidden layer with a kernel."""
    known = {layer.name: layer for layer in record.layers}
    specs = [facts.layers[position] for position in hidden_positions(facts.layers)]
    return [
        (spec.name, activation_of(spec), known[spec.name]) for spec in specs if spec.name in known
    ]


def kernel_paths(facts: Facts) -> list[str]:
    """The paths of the kernels in the records, from the inputs to the output."""
    if not facts.records:
        return []
    return [one.path for one in facts.records[0].weights if one.path.endswith("/kernel")]


@fact
def predictions(facts: Facts) -> np.ndarray | None:
    """The trained model's outputs for a sample of the training rows; None without a training."""
    if facts.model is None or facts.history is None:
        return None
    return np.asarray(facts.model.predict(facts.rows.sample(PREDICTED_ROWS).x, verbose=0))


@fact
def training_score(facts: Facts) -> float:
    """The score of the trained model on training rows; NaN without a training."""
    if facts.model is None or facts.history is None:
        return float("nan")
    rows = facts.setup.rows.sample(PREDICTED_ROWS)
    return Score.of(facts).on(facts.setup, facts.model, rows)


@fact
def validation_score(facts: Facts) -> float:
    """The score of the trained model on validation rows; NaN without them."""
    watched = facts.setup.validation
    if facts.model is None or facts.history is None or watched is None:
        return float("nan")
    return Score.of(facts).on(facts.setup, facts.model, watched.sample(PREDICTED_ROWS))
