"""Cases of the rules on what `fit` refuses or warns of."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from steepest.doctor.setup import Setup
from tests.doctor.cases.case import CASES, Cases, blobs, usual_model

X, Y = blobs()


def facts(x=X, y=Y, model=None, **fit):
    """Facts with the model itself, whose shapes `fit` compares with the data."""
    model = model or usual_model(X, Y)
    return Facts(Setup.of(model, x, y, **fit), model)


def normalized(**fit):
    model = st.Sequential([st.Input((4,)), st.layers.BatchNormalization(), st.layers.Dense(3)])
    loss = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return facts(model=model, **fit)


def frozen():
    model = usual_model(X, Y)
    model.trainable = False
    return facts(model=model)


def with_gap(column=1, shift=0.0):
    return facts(
        np.where((np.arange(60)[:, None] == 3) & (np.arange(4) == column), np.nan, X + shift)
    )


GOOD = {
    "classes": facts,
    "quantities": lambda: facts(y=X[:, 0], model=usual_model(X, X[:, 0])),
    "validation rows": lambda: facts(validation_data=(X, Y), batch_size=8),
    "batches of one without statistics": lambda: facts(batch_size=1),
}
CASES["F1"] = Cases(
    positive={
        "NaN": with_gap,
        "a class without a unit": lambda: facts(y=Y + 1),
        "rows of another width": lambda: facts(X[:, :3]),
        "texts": lambda: facts(X.astype(str).astype(object)),
        "no such argument": lambda: facts(epoch=3),
        "no rows in a batch": lambda: facts(batch_size=0),
        "validation of another width": lambda: facts(validation_data=(X[:, :2], Y)),
    },
    negative=GOOD | {"a warning": frozen},
    unchanged={
        "another column": (with_gap, lambda: with_gap(2)),
        "a constant added": (with_gap, lambda: with_gap(shift=1.0)),
    },
)
CASES["F2"] = Cases(
    positive={
        "frozen": frozen,
        "statistics of one row": lambda: normalized(batch_size=1),
        "more steps than batches": lambda: facts(steps_per_epoch=100),
        "no epochs": lambda: facts(initial_epoch=5, epochs=3),
    },
    negative=GOOD | {"an error": with_gap},
    unchanged={"other rows": (lambda: facts(steps_per_epoch=100),
                              lambda: facts(X[::-1], Y[::-1], steps_per_epoch=100))},
)  # fmt: skip
