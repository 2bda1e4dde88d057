"""Facts of trainings: with given losses, with records made by hand, and of real trainings."""

from __future__ import annotations

import contextlib

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from steepest.doctor.records import LayerRecord, Record, WeightRecord
from steepest.doctor.setup import Setup
from tests.doctor.cases.case import blobs, usual_model


def network(hidden=1, activation="relu", rate=0.01, units=8, optimizer=None, **options):
    """A compiled network for the classes of `blobs`."""
    model = st.Sequential([st.Input((4,))])
    for _ in range(hidden):
        model.add(st.layers.Dense(units, activation, **options))
    model.add(st.layers.Dense(3, "softmax"))
    optimizer = optimizer or st.optimizers.SGD(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    return model


def with_course(loss, val_loss=None, model=None, batch_size=16, **metrics):
    """Facts with a history of given values."""
    x, y = blobs()
    history = st.callbacks.History()
    history.epoch = list(range(len(loss)))
    history.history = {"loss": list(loss), **{name: list(v) for name, v in metrics.items()}}
    if val_loss is not None:
        history.history["val_loss"] = list(val_loss)
    setup = Setup.of(model or usual_model(x, y), x, y, epochs=len(loss), batch_size=batch_size)
    return Facts(setup, None, history)


def with_records(model, loss, weights=None, layers=None, penalty=0.0, noise=None, rows=None):
    """Facts with records of given numbers at five steps.

    `weights` gives size, gradient and change of a kernel by its place and the record's number,
    `layers` the record of a hidden layer.
    """
    facts = with_course(loss, model=model)
    hidden = facts.layers
    for number in range(5):
        size, gradient, change = weights or (lambda at, n: 1.0), None, None
        kernels = []
        for at, spec in enumerate(hidden):
            found = weights(at, number) if weights else (1.0, 1.0, 0.001)
            size, gradient, change = found
            kernels.append(WeightRecord(f"{spec.name}/kernel", size, gradient, noise, change))
        inside = [(layers or usual_layer)(spec.name, at, number) for at, spec in enumerate(hidden)]
        facts.records.append(
            Record(number * 100, number, loss[-1], penalty, tuple(inside), tuple(kernels))
        )
    return facts


def usual_layer(name, at, number):
    return LayerRecord(name, 0.5, 1.0, dead=0.1, constant=0.1, saturated=0.05)


def trained(model, x, y, validation_data=None, every=5, **fit):
    """Facts of a real training with the doctor; what it raises is in the history."""
    fit = {"epochs": 10, "batch_size": 16, "seed": 3, **fit}
    doctor = st.doctor.Doctor(every)
    setup = Setup.of(model, x, y, validation_data, **fit)
    options = {"validation_data": validation_data, "verbose": 0, "check": False, **fit}
    with contextlib.suppress(st.errors.TrainingDiverged):
        model.fit(x, y, callbacks=[doctor], **options)
    return Facts(setup, model, model.history, list(model.history.records))


def falling(epochs=20, start=1.0, end=0.1):
    """Losses that fall ever more slowly."""
    return np.geomspace(start, end, epochs) - end / 2


HEALTHY = {
    "a healthy training": lambda: trained(network(rate=0.1), *blobs(120)),
    "a healthy training by Adam": lambda: trained(
        network(2, optimizer=st.optimizers.Adam(0.01)), *blobs(120), epochs=15
    ),
}
