"""check, before a training; examine, after it: facts, suspicions, proofs, and a report.

Depends on facts, the rules and proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from steepest.callbacks.callback import Callback
from steepest.callbacks.history import History
from steepest.doctor.budget import Budget
from steepest.doctor.facts import Facts
from steepest.doctor.proof import Status, Verdict, prove
from steepest.doctor.report import Report
from steepest.doctor.rule import TABLE, Looks, Suspicion
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.neuralnet.model import Model

BEFORE = frozenset({Looks.DATA, Looks.MODEL, Looks.START})
"""What is known before a training."""
FROM_PARAMS = ("epochs", "batch_size", "class_weight")
"""Arguments of `fit` that a history knows."""


def suspicions_of(facts: Facts, looks: Collection[Looks]) -> Iterator[Suspicion]:
    """What the rules suspect that look at what is known, in the order of their codes."""
    for code in sorted(TABLE):
        if TABLE[code].looks_at in looks:
            yield from TABLE[code].suspicions(facts)


def check(
    model: Model,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    callbacks: Sequence[Callback] = (),
    **fit: Any,
) -> Report:
    """Examines data, model and settings before a training; nothing of the model is changed.

    The other arguments are those of `fit`. Nothing is proved here: `examine` does that.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> report = st.doctor.check(model, x, y)
    >>> [verdict.suspicion.rule.code for verdict in report.confirmed]
    []
    """
    setup = Setup.of(model, x, y, validation_data, callbacks, **fit)
    facts = Facts(setup, model)
    found = [Verdict(one, Status.SUSPECTED) for one in suspicions_of(facts, BEFORE)]
    return Report(setup, Score.of(facts).name, found)


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
    params = {} if history is None else getattr(history, "params", None) or {}
    known = {name: params[name] for name in FROM_PARAMS if params.get(name) is not None}
    setup = Setup.of(model, x, y, validation_data, callbacks, **{**known, **fit})
    facts = Facts(setup, model, history, list(getattr(history, "records", ())))
    looks = BEFORE if history is None else frozenset(Looks)
    found = list(suspicions_of(facts, looks))
    score = Score.of(facts)
    proof = prove(setup, found, score, Budget.of(budget, setup))
    return Report(
        proof.base,
        score.name,
        proof.verdicts,
        proof.repaired if proof.replication else None,
        proof.replication,
        proof.share,
    )
