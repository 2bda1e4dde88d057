"""Cases of the rules on losses that do not fall, swing, or still fall."""

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import HEALTHY, falling, network, trained, with_course, with_records

STILL = [1.1, 1.095, 1.093, 1.092, 1.091, 1.09, 1.09]


def tiny_rate(seed=0, **options):
    return trained(network(rate=1e-6, **options), *blobs(120, seed=seed))


CASES["T3"] = Cases(
    positive={
        "a tiny rate": tiny_rate,
        "a flat course": lambda: with_course(STILL),
        "a rising course": lambda: with_course([1.1, 1.2, 1.3, 1.4, 1.5]),
    },
    negative=HEALTHY
    | {
        "low from the start": lambda: with_course([0.01, 0.0099, 0.0098, 0.0098, 0.0098]),
        "few epochs": lambda: with_course([1.1, 1.09]),
    },
    unchanged={"another seed": (tiny_rate, lambda: tiny_rate(seed=1))},
    edges={
        "a twentieth of the first loss": (
            lambda: with_course([2.0] * 4 + [1.901]),
            lambda: with_course([2.0] * 4 + [1.899]),
        ),
        "half of the loss of the prior": (
            lambda: with_course([0.56] * 5),
            lambda: with_course([0.54] * 5),
        ),
        "five epochs": (lambda: with_course([1.1] * 5), lambda: with_course([1.1] * 4)),
    },
)
SWINGING = [1.0, 0.5, 0.8, 0.5, 0.9, 0.5, 0.8, 0.4, 0.7, 0.5, 0.8, 0.5]
CASES["T4"] = Cases(
    positive={
        "by half": lambda: with_course(SWINGING),
        "by a fifth": lambda: with_course([1.0, 0.8, 1.0, 0.8] * 4),
        "upwards": lambda: with_course([1.0, 1.3, 1.1, 1.5, 1.2, 1.6, 1.3, 1.7, 1.5, 1.9]),
    },
    negative=HEALTHY
    | {
        "by 2 percent": lambda: with_course(falling(30) * (1 + 0.02 * (-1) ** np.arange(30))),
        "near zero": lambda: with_course([1.0, *(1e-4, 1e-3) * 8]),
        "few epochs": lambda: with_course(SWINGING[:6]),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course(SWINGING),
            lambda: with_course(np.array(SWINGING) * 50),
        )
    },
    edges={
        "a tenth": (lambda: with_course([1.0, 1.101] * 6), lambda: with_course([1.0, 1.099] * 6)),
        "3 rises in 10": (
            lambda: with_course([1.0] * 3 + [1.0, 1.5] * 3 + [1.0, 0.9, 0.8, 0.7, 0.6]),
            lambda: with_course([1.0] * 3 + [1.0, 1.5] * 2 + [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4]),
        ),
        "a hundredth of the first loss": (
            lambda: with_course([60.0, *[0.61, 0.9] * 6]),
            lambda: with_course([62.0, *[0.61, 0.9] * 6]),
        ),
        "ten epochs": (lambda: with_course(SWINGING[:10]), lambda: with_course(SWINGING[:9])),
    },
)


def zero_kernels(seed=0):
    model = network(kernel_initializer="zeros")
    return trained(model, *blobs(120, seed=seed))


CASES["T5"] = Cases(
    positive={
        "dead from the start": zero_kernels,
        "at log 3": lambda: with_course([2.0, 1.2, *[np.log(3)] * 6]),
        "slightly below": lambda: with_course([1.2, *[np.log(3) * 0.99] * 6]),
    },
    negative=HEALTHY
    | {
        "above the prior": lambda: with_course([1.5] * 6),
        "passing by": lambda: with_course([2.0, 1.2, 1.1, 1.0, 0.7, 0.5]),
    },
    unchanged={"another seed": (zero_kernels, lambda: zero_kernels(seed=4))},
    edges={
        "2 percent above": (
            lambda: with_course([np.log(3) * 1.019] * 6),
            lambda: with_course([np.log(3) * 1.021] * 6),
        ),
        "2 percent below": (
            lambda: with_course([np.log(3) * 0.981] * 6),
            lambda: with_course([np.log(3) * 0.979] * 6),
        ),
        "a third of the epochs": (
            lambda: with_course([1.5] * 4 + [np.log(3)] * 2),
            lambda: with_course([1.5] * 5 + [np.log(3)]),
        ),
    },
)


def of_changes(change, loss=(1.0, 0.99, 0.98), hidden=1, rate=0.01):
    return with_records(
        network(hidden, rate=rate), list(loss), lambda at, n: (1.0, 1.0, change if n else None)
    )


CASES["T6"] = Cases(
    positive={
        "a tiny rate": tiny_rate,
        "a millionth each": lambda: of_changes(1e-6),
        "two hidden layers": lambda: of_changes(2e-5, hidden=2),
    },
    negative=HEALTHY
    | {
        "a thousandth each": lambda: of_changes(1e-3),
        "without records": lambda: with_course(STILL),
    },
    unchanged={"another seed": (tiny_rate, lambda: tiny_rate(seed=2))},
    edges={
        "a hundredth in 400 steps": (lambda: of_changes(2.49e-5), lambda: of_changes(2.51e-5)),
    },
)
CASES["T23"] = Cases(
    positive={
        "half of the weights": lambda: of_changes(0.5),
        "all of them": lambda: of_changes(1.0, hidden=2),
        "in another layer": lambda: with_records(
            network(2), [1.0, 1.0], lambda at, n: (1.0, 1.0, 0.6 if at == 1 else 1e-3)
        ),
    },
    negative=HEALTHY
    | {
        "a hundredth": lambda: of_changes(0.01),
        "with a loss that falls": lambda: of_changes(0.5, loss=falling()),
    },
    unchanged={"another rate": (lambda: of_changes(0.5), lambda: of_changes(0.5, rate=0.3))},
    edges={
        "30 percent in a step": (lambda: of_changes(0.301), lambda: of_changes(0.299)),
        "half of the first loss": (
            lambda: of_changes(0.5, (1.0, 0.501)),
            lambda: of_changes(0.5, (1.0, 0.499)),
        ),
    },
)


def noisy(noise, batch_size, epochs=4):
    facts = with_records(network(), np.linspace(1.0, 0.7, epochs), noise=noise)
    return type(facts)(
        facts.setup.with_fit(batch_size=batch_size), None, facts.history, facts.records
    )


CASES["T15"] = Cases(
    positive={
        "1 for 60": lambda: noisy(1.0, 60),
        "0.1 for 32": lambda: noisy(0.1, 32),
        "0.5 for 40": lambda: noisy(0.5, 40),
    },
    negative={
        "noise beyond the batch": lambda: noisy(500.0, 32),
        "about the batch": lambda: noisy(20.0, 32),
        "not known": lambda: noisy(None, 32),
    },
    unchanged={"more epochs": (lambda: noisy(1.0, 60), lambda: noisy(1.0, 60, epochs=2))},
    edges={
        "a thirtieth of the batch": (lambda: noisy(1.99, 60), lambda: noisy(2.0, 60)),
        "1,000 steps": (lambda: noisy(1.0, 60, epochs=999), lambda: noisy(1.0, 60, epochs=1000)),
    },
)
TEN = np.linspace(1.0, 0.5, 12)
CASES["T20"] = Cases(
    positive={
        "accuracy falls": lambda: with_course(TEN, accuracy=np.linspace(0.9, 0.5, 12)),
        "r2 falls": lambda: with_course(TEN, r2_score=np.linspace(0.9, 0.1, 12)),
        "with noise": lambda: with_course(
            TEN, acc=np.linspace(0.9, 0.5, 12) + 0.01 * (-1.0) ** np.arange(12)
        ),
    },
    negative=HEALTHY
    | {
        "both get better": lambda: with_course(TEN, accuracy=np.linspace(0.5, 0.9, 12)),
        "no metric": lambda: with_course(TEN),
    },
    unchanged={
        "another start": (
            lambda: with_course(TEN, accuracy=np.linspace(0.9, 0.5, 12)),
            lambda: with_course(TEN * 3, accuracy=np.linspace(0.8, 0.4, 12)),
        )
    },
    edges={
        "a loss that fell by a tenth": (
            lambda: with_course(np.linspace(1.0, 0.899, 12), accuracy=np.linspace(0.9, 0.5, 12)),
            lambda: with_course(np.linspace(1.0, 0.901, 12), accuracy=np.linspace(0.9, 0.5, 12)),
        ),
        "ten epochs": (
            lambda: with_course(TEN[:10], accuracy=np.linspace(0.9, 0.5, 10)),
            lambda: with_course(TEN[:9], accuracy=np.linspace(0.9, 0.5, 9)),
        ),
    },
)


def ending(before):
    """A course from 1 to 0.5, of which the value before the last fifth is given."""
    return [1.0, 0.9, 0.8, 0.75, 0.7, 0.65, 0.6, before, 0.52, 0.5]


CASES["T21"] = Cases(
    positive={
        "falling evenly": lambda: with_course(np.linspace(1.0, 0.4, 10)),
        "two epochs": lambda: with_course([1.0, 0.9]),
        "ever faster": lambda: with_course(1.0 - np.linspace(0, 0.9, 20) ** 2),
    },
    negative={
        "arrived": lambda: with_course([
            1.0,
            0.3,
            0.2,
            0.19,
            0.188,
            0.187,
            0.187,
            0.187,
            0.187,
            0.187,
        ]),
        "validation rises": lambda: with_course(
            np.linspace(1.0, 0.4, 10), val_loss=[1, 0.9, 0.8, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4]
        ),
        "not falling": lambda: with_course(np.ones(10)),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course(np.linspace(1.0, 0.4, 10)),
            lambda: with_course(np.linspace(1.0, 0.4, 10) * 100),
        )
    },
    edges={
        "a tenth of the whole fall": (
            lambda: with_course(ending(0.551)),
            lambda: with_course(ending(0.549)),
        ),
        "a validation loss that stands": (
            lambda: with_course(ending(0.57), [0.5] * 10),
            lambda: with_course(ending(0.57), [0.5] * 9 + [0.501]),
        ),
    },
)

CASES["T25"] = Cases(
    positive={
        "by a fifth of its value": lambda: with_course(np.geomspace(1.0, 0.2, 10)),
        "a hundredth of its whole fall": lambda: with_course([10.0, *np.geomspace(0.5, 0.2, 19)]),
        "two epochs": lambda: with_course([0.7, 0.6]),
        "validation falls too": lambda: with_course(
            np.geomspace(1.0, 0.2, 10), val_loss=np.geomspace(1.0, 0.4, 10)
        ),
    },
    negative={
        "arrived": lambda: with_course([1.0, 0.3, 0.2, *[0.19] * 7]),
        "validation rises": lambda: with_course(
            np.geomspace(1.0, 0.2, 10), val_loss=[1, 0.9, 0.8, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4]
        ),
        "not a number": lambda: with_course([1.0, 0.5, np.nan]),
        "a loss of zero": lambda: with_course([1.0, 0.5, 0.0]),
        "stopped before its last epoch": lambda: stopped(np.geomspace(1.0, 0.2, 10)),
        "one epoch": lambda: with_course([0.7]),
    },
    unchanged={
        "losses in other units": (
            lambda: with_course(np.geomspace(1.0, 0.2, 10)),
            lambda: with_course(np.geomspace(1.0, 0.2, 10) * 100),
        )
    },
    edges={
        "a tenth between two fifths": (
            lambda: with_course([1.0] * 6 + [0.5, 0.5, 0.449, 0.449]),
            lambda: with_course([1.0] * 6 + [0.5, 0.5, 0.451, 0.451]),
        )
    },
)


def stopped(loss):
    """A training that ended before the epochs of its setup."""
    facts = with_course(loss)
    return Facts(facts.setup.with_fit(epochs=len(loss) + 1), None, facts.history)


def one_output(seed=0, epochs=10):
    x, _ = blobs(120, seed=seed)
    model = st.Sequential([
        st.Input((4,)), st.layers.Dense(8, "relu", kernel_initializer="zeros"), st.layers.Dense(1),
    ])  # fmt: skip
    model.compile(st.optimizers.SGD(0.1), "mse")
    return trained(model, x, x @ np.float32([1, 2, 0, 1]), epochs=epochs)


CASES["T22"] = Cases(
    positive={
        "a dead network": one_output,
        "of classes": zero_kernels,
        "after one epoch": lambda: one_output(epochs=1),
    },
    negative=HEALTHY | {"without a training": lambda: with_course(falling())},
    unchanged={"another seed": (one_output, lambda: one_output(seed=5))},
)
