"""Cases of the rules on a trained network: probabilities, classes, labels, the best epoch."""

from __future__ import annotations

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import HEALTHY, network, trained, with_course


def healthy(seed=0, rows=600):
    """A network that is trained well, and watches rows of the same kind."""
    x, y = blobs(rows, seed=seed)
    own = rows // 2
    model = network(optimizer=st.optimizers.Adam(0.01))
    return trained(model, x[:own], y[:own], (x[own:], y[own:]), epochs=15, every=1000)


GOOD = {
    "a healthy training": healthy,
    "other data": lambda: healthy(seed=5),
    "without validation rows": HEALTHY["a healthy training"],
    "without a training": lambda: with_course([1.0, 0.5]),
}


def memorised(seed=0, rows=80, noise=0.3, units=128):
    """Flipped labels that a large network learns by heart: it is too sure of itself."""
    random = np.random.default_rng(seed)
    x, y = blobs(rows + 400, seed=seed)
    y = np.where(random.random(len(y)) < noise, random.integers(0, 3, len(y)), y)
    model = network(2, units=units, optimizer=st.optimizers.Adam(0.01))
    return trained(model, x[:rows], y[:rows], (x[rows:], y[rows:]), epochs=60, every=1000)


CASES["A1"] = Cases(
    positive={
        "noise by heart": memorised,
        "more noise": lambda: memorised(noise=0.5),
        "fewer rows": lambda: memorised(rows=50),
    },
    negative=GOOD,
    unchanged={"another seed": (memorised, lambda: memorised(seed=4))},
)


def rare(seed=0, share=0.05, rows=900, third=2):
    """Two classes at the same place, of which one is rare, and one far off."""
    random = np.random.default_rng(seed)
    y = np.where(random.random(rows) < share, third, random.integers(0, 2, rows) * 2 % 3)
    y = np.where(y == third, y, np.where(random.random(rows) < 0.5, 0, 1))
    x = random.normal(size=(rows, 4)).astype(np.float32)
    x[:, 0] += 6.0 * (y == 0)
    half = rows // 2
    model = network(optimizer=st.optimizers.Adam(0.01))
    return trained(model, x[:half], y[:half], (x[half:], y[half:]), epochs=10, every=1000)


CASES["A2"] = Cases(
    positive={
        "a rare class in another": rare,
        "a little less rare": lambda: rare(share=0.08),
        "more rows": lambda: rare(rows=1500),
    },
    negative=GOOD,
    unchanged={"another seed": (rare, lambda: rare(seed=3))},
)


def mislabelled(count=12, seed=0, rows=300):
    """Some rows of clearly separated classes have another class's label."""
    random = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    x = (random.normal(size=(rows, 4)) * 0.15 + np.eye(3, 4)[y] * 2).astype(np.float32)
    wrong = random.choice(rows, count, replace=False)
    y = y.copy()
    y[wrong] = (y[wrong] + 1) % 3
    model = network(optimizer=st.optimizers.Adam(0.01))
    return trained(model, x, y, epochs=20, every=1000)


def outlying(count=3, seed=0, size=40.0):
    """A line, of which some targets are far away."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(300, 4)).astype(np.float32)
    y = x[:, 0] + 0.1 * random.normal(size=300)
    y[random.choice(300, count, replace=False)] += size / 10
    model = st.Sequential([st.Input((4,)), st.layers.Dense(1)])
    model.compile(st.optimizers.Adam(0.05), "mse")
    return trained(model, x, y.astype(np.float32), epochs=25, every=1000)


CASES["A4"] = Cases(
    positive={
        "twelve labels": mislabelled,
        "twenty labels": lambda: mislabelled(20),
        "quantities far away": outlying,
    },
    negative=GOOD | {
        "none": lambda: mislabelled(0), "a line": lambda: outlying(0), "overlap": memorised,
    },
    unchanged={"another seed": (mislabelled, lambda: mislabelled(seed=7))},
)  # fmt: skip


def swinging(rows=40, noise=0.08, epochs=30, callback=True, seed=0):
    """A validation accuracy that swings from epoch to epoch, of which the best is chosen."""
    x, y = blobs(200 + rows)
    random = np.random.default_rng(seed)
    facts = with_course(np.linspace(1, 0.5, epochs))
    stops = [st.callbacks.EarlyStopping("val_accuracy", patience=50)] if callback else []
    facts = type(facts)(
        st.doctor.Setup.of(network(), x[:200], y[:200], (x[200:], y[200:]), stops, epochs=epochs),
        None, facts.history,
    )  # fmt: skip
    values = 0.8 + noise * random.normal(size=epochs)
    facts.history.history["val_accuracy"] = values.clip(0, 0.99).tolist()
    return facts


CASES["A6"] = Cases(
    positive={
        "40 rows": swinging,
        "100 rows": lambda: swinging(100),
        "60 epochs": lambda: swinging(epochs=60),
    },
    negative={
        "a smooth course": lambda: swinging(noise=0.005),
        "nothing is chosen": lambda: swinging(callback=False),
        "few epochs": lambda: swinging(epochs=8),
        "a healthy training": healthy,
    },
    unchanged={"another seed": (swinging, lambda: swinging(seed=9))},
)
