"""check, before a training; examine and diagnose, after it: facts, suspicions, proofs, a report.

Depends on facts, the rules and proof.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback
from steepest.callbacks.history import History
from steepest.doctor.budget import Budget
from steepest.doctor.doctor import Doctor
from steepest.doctor.experiment import shortened
from steepest.doctor.facts import Facts
from steepest.doctor.proof import Status, Verdict, prove
from steepest.doctor.report import Report
from steepest.doctor.rule import TABLE, Looks, Suspicion
from steepest.doctor.rules.refused import COVERED
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.errors import ArgumentError, SteepestError, cautions_held_back
from steepest.neuralnet.model import Model
from steepest.neuralnet.shared_recordings import recordings_shared

BEFORE = frozenset({Looks.DATA, Looks.MODEL, Looks.START})
"""What is known before a training."""
GROUPS = "FSDTAEX"
"""The letters of codes: what fit says, structure, data, training, afterwards, experiments, others.

Experiments come late: what they show is a symptom, whose cause a rule on structure often names.
"""
FROM_PARAMS = ("epochs", "batch_size", "class_weight")
"""Arguments of `fit` that a history knows."""


def suspicions_of(facts: Facts, looks: Collection[Looks], again: bool = False) -> list[Suspicion]:
    """What the rules suspect that look at what is known, causes before symptoms.

    With `again` only rules that say something of a changed setup, of which some are about no other.
    Where `fit` refuses the data, a rule that cannot read them either is left out.
    """
    found: list[Suspicion] = []
    is_refused = Looks.MODEL in looks and any(TABLE["F1"].suspicions(facts))
    for code in sorted(TABLE, key=lambda code: (GROUPS.index(code[0]), int(code[1:]))):
        rule = TABLE[code]
        if rule.looks_at in looks and (rule.is_asked_again if again else not rule.of_repairs):
            try:
                found += rule.suspicions(facts)
            except (SteepestError, ValueError, TypeError):
                if not is_refused:
                    raise
    codes = {one.rule.code for one in found}
    return [one for one in found if not _is_said_better(one, codes)]


def suspicions_after(setup: Setup, share: float = 1.0) -> list[Suspicion]:
    """What the rules suspect of a setup after a run of a share of its steps.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    >>> found = suspicions_after(Setup.of(model, x, y, epochs=5))
    >>> "S13" in {one.rule.code for one in found}
    True
    """
    model, history = setup.seeded(0), None
    arguments = shortened(setup, share)
    callbacks = [*arguments["callbacks"], Doctor()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            history = model.fit(**{**arguments, "callbacks": callbacks, "seed": 0, "verbose": 0})
        except SteepestError:  # what was trained before the error
            begun = getattr(model, "history", None)
            history = begun if getattr(begun, "epoch", None) else None
    facts = Facts(setup, model, history, list(getattr(history, "records", ())))
    looks = BEFORE if history is None else frozenset(Looks)
    return suspicions_of(facts, looks, again=True)


FEWER_UPDATES = {"T21": ("S14", "S22"), "S14": ("S22",)}
"""Rules that a training with few updates gives too: the few updates are reported once."""


def _is_said_better(suspicion: Suspicion, codes: set[str]) -> bool:
    """Whether another suspicion says the same: of `fit`, or of how few updates there are."""
    code, evidence = suspicion.rule.code, suspicion.finding.evidence
    if code == "S14" and evidence["better"] > evidence["batch"]:
        return False
    name = str(evidence.get("finding"))
    others = COVERED.get(name, ()) if code in ("F1", "F2") else FEWER_UPDATES.get(code, ())
    return not codes.isdisjoint(others)


def unproved(suspicions: Collection[Suspicion]) -> list[Verdict]:
    """Verdicts without experiments: what has no change to try is shown by its evidence."""
    return [Verdict(one, Status.SUSPECTED if one.changes else Status.EVIDENT) for one in suspicions]


def check(
    model: Model,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    callbacks: Sequence[Callback] = (),
    **fit: Any,
) -> Report:
    """Examines data, model and settings before a training; nothing of the model is changed.

    The other arguments are those of `fit`. What `fit` would refuse or warn of is in the report too.
    Nothing is proved here: `examine` does that.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> report = st.doctor.check(model, x, y)
    >>> [verdict.suspicion.rule.code for verdict in report.confirmed]
    []
    """
    setup = Setup.of(model, x, y, validation_data, callbacks, **fit)
    facts = Facts(setup, model)
    with cautions_held_back(), recordings_shared():
        return Report(setup, Score.of(facts).name, unproved(suspicions_of(facts, BEFORE)))


def examine(
    model: Model,
    history: History | None = None,
    x: Any = None,
    y: Any = None,
    validation_data: Any = None,
    callbacks: Sequence[Callback] = (),
    budget: float | None = None,
    **fit: Any,
) -> Report:
    """Examines a training, and proves what it suspects by trainings with and without each change.

    `history` is what `fit` returned; without it the training is examined as before its start. The
    other arguments are those of `fit`; epochs and the size of batches are known from the history.
    `budget` is how long the experiments take, in seconds of an ordinary machine: by default 2, or
    a tenth of the training. The model is not changed, and the report is the same on each machine.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    >>> history = model.fit(x, y, epochs=20, verbose=0)
    >>> st.doctor.examine(model, history, x, y).confirmed
    []
    """
    if history is not None and not isinstance(history, History):
        raise ArgumentError(
            f"examine: history: what fit returned was expected, got {type(history).__name__}; give "
            "x and y by their names"
        )
    setup = Setup.of(model, x, y, validation_data, callbacks, **{**_known_of(history), **fit})
    facts = Facts(setup, model, history, list(getattr(history, "records", ())))
    looks = BEFORE if history is None else frozenset(Looks)
    with cautions_held_back(), recordings_shared():
        score = Score.of(facts)
        found = suspicions_of(facts, looks)
        proof = prove(setup, found, score, Budget.of(budget, setup), suspicions_after)
    return Report(
        proof.base,
        score.name,
        proof.verdicts,
        proof.repaired if proof.replication else None,
        proof.replication,
        proof.share,
    )


def diagnose(
    history: History,
    model: Any = None,
    x: Any = None,
    y: Any = None,
    validation_data: Any = None,
    callbacks: Sequence[Callback] = (),
    budget: float | None = None,
    **fit: Any,
) -> Report:
    """Examines a training by its history; with `x` and `y` it is `examine`, with its proofs.

    Without data the rules on the course of a training are applied: to losses, metrics, and what
    `Doctor` has recorded. `model` is by default the trained one.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.ones((8, 2)), np.ones(8), epochs=20, verbose=0)
    >>> print(diagnose(history))
    The doctor has found nothing.
    """
    model = history.model if model is None else model
    if x is not None:
        return examine(model, history, x, y, validation_data, callbacks, budget, **fit)
    if y is not None or validation_data is not None:
        raise ArgumentError("diagnose: give x too, the inputs that the model was trained on")
    known = {"steps_per_epoch": history.params.get("steps") or 1, **_known_of(history), **fit}
    setup = Setup.of(model, *_no_rows(model), None, callbacks, **known)
    facts = Facts(setup, None, history, list(getattr(history, "records", ())))
    with cautions_held_back():
        return Report(None, "", unproved(suspicions_of(facts, {Looks.COURSE})))


def _no_rows(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of the model's shapes, without a row."""
    shapes = model.input_shape, model.output_shape
    if any(not isinstance(shape, tuple) or None in shape[1:] for shape in shapes):
        raise ArgumentError(
            f"diagnose: {model.name!r} has several inputs or outputs, or some of any size; the "
            "doctor examines models of one input and one output"
        )
    inputs, outputs = (np.zeros((0, *shape[1:]), np.float32) for shape in shapes)
    return inputs, outputs


def _known_of(history: History | None) -> dict[str, Any]:
    """The arguments of `fit` that a history knows."""
    params = {} if history is None else getattr(history, "params", None) or {}
    return {name: params[name] for name in FROM_PARAMS if params.get(name) is not None}
