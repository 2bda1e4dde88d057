"""Cases of the rules on what a training watches."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.networks import classes, curve, plain, quantities, trained

EarlyStopping, ReduceLROnPlateau = st.callbacks.EarlyStopping, st.callbacks.ReduceLROnPlateau


def watched(callback, validation=True, **options):
    rows = {"validation_data": blobs(rows=30, seed=1)} if validation else {}
    return classes(*plain(), metrics=["accuracy"], callbacks=[callback], **rows, **options)


CASES["S17"] = Cases(
    positive={
        "the least accuracy": lambda: watched(EarlyStopping("val_accuracy", mode="min")),
        "the greatest loss": lambda: watched(EarlyStopping("val_loss", mode="max", patience=5)),
        "rates by the greatest loss": lambda: watched(ReduceLROnPlateau("val_loss", mode="max")),
        "no validation rows": lambda: watched(EarlyStopping("val_loss"), validation=False),
    },
    negative={
        "the usual": lambda: watched(EarlyStopping(patience=5)),
        "the greatest accuracy": lambda: watched(EarlyStopping("val_accuracy", mode="max")),
        "the least error": lambda: watched(EarlyStopping("val_loss", mode="min")),
        "a share of the rows": lambda: watched(
            EarlyStopping("val_loss"), validation=False, validation_split=0.2
        ),
        "no callbacks": lambda: classes(*plain()),
    },
    unchanged={
        "another patience": (
            lambda: watched(EarlyStopping("val_accuracy", mode="min", patience=1)),
            lambda: watched(EarlyStopping("val_accuracy", mode="min", patience=20)),
        ),
    },
)

CASES["S28"] = Cases(
    positive={
        "the training loss": lambda: watched(EarlyStopping("loss", patience=5)),
        "no patience": lambda: watched(EarlyStopping()),
        "a patience of 1": lambda: watched(EarlyStopping("val_accuracy", patience=1)),
    },
    negative={
        "patience": lambda: watched(EarlyStopping(patience=5)),
        "the training loss alone": lambda: watched(
            EarlyStopping("loss", patience=5), validation=False
        ),
        "rates": lambda: watched(ReduceLROnPlateau("val_loss", patience=1)),
    },
    unchanged={
        "another seed": (
            lambda: watched(EarlyStopping()),
            lambda: watched(EarlyStopping(), seed=1),
        ),
    },
)


def rare(share, metrics=("accuracy",), seed=0, last=1, activation="sigmoid", **options):
    x, _ = blobs(rows=200, seed=seed)
    y = (np.random.default_rng(seed).permutation(200) < share * 200).astype(np.int64)
    loss = "binary_crossentropy" if last == 1 else "sparse_categorical_crossentropy"
    return trained(x, y, *plain(last, activation), loss=loss, metrics=list(metrics), **options)


CASES["S20"] = Cases(
    positive={
        "5 of 100": lambda: rare(0.05),
        "95 of 100": lambda: rare(0.95),
        "two units": lambda: rare(0.03, last=2, activation="softmax"),
    },
    negative={
        "half": lambda: rare(0.5),
        "with auc": lambda: rare(0.05, ["accuracy", "auc"]),
        "no metrics": lambda: rare(0.05, []),
        "quantities": lambda: quantities(*plain(1, None), metrics=["mae"]),
    },
    unchanged={"another seed": (lambda: rare(0.05), lambda: rare(0.05, seed=1))},
)

CASES["S21"] = Cases(
    positive={
        "accuracy": lambda: quantities(*plain(1, None), metrics=["accuracy"]),
        "acc": lambda: quantities(*plain(1, None), loss="mae", metrics=["mae", "acc"]),
        "two columns": lambda: trained(
            curve()[0], curve()[0][:, :2], *plain(2, None), loss="mse", metrics=["accuracy"]
        ),
    },
    negative={
        "mae": lambda: quantities(*plain(1, None), metrics=["mae"]),
        "classes": lambda: classes(*plain(), metrics=["accuracy"]),
        "none": lambda: quantities(*plain(1, None)),
    },
    unchanged={
        "scaled targets": (
            lambda: quantities(*plain(1, None), metrics=["accuracy"]),
            lambda: quantities(*plain(1, None), metrics=["accuracy"], target=lambda y: 7 * y),
        ),
    },
)
