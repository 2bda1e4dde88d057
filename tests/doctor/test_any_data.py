"""Rules on data take any data that a setup takes: they find something or nothing, without fail."""

import numpy as np
import pytest

from steepest.doctor import TABLE
from steepest.doctor.rule import Looks
from tests.doctor.cases import CASES
from tests.doctor.cases.case import blobs, facts_of
from tests.doctor.cases.targets import network

RULES = [rule for rule in TABLE.values() if rule.looks_at is Looks.DATA]
x, y = blobs()
NAMES = np.array(["a", "b", "c"])
TEXTS = np.array([["a", "b", "c", "d"]] * 60, object)
GAPS = np.where(np.eye(60, 4) > 0, np.nan, x)
INFINITE = np.where(np.eye(60, 4) > 0, np.inf, x)


def watched(other_x, other_y=y, own_x=x, own_y=y):
    return facts_of(own_x, own_y, network(3, "softmax", "sparse_categorical_crossentropy"),
                    validation_data=(other_x, other_y))  # fmt: skip


ODD = {
    "one row": lambda: facts_of(x[:1], y[:1] * 0),
    "two rows": lambda: facts_of(x[:2], np.array([0, 1])),
    "one column": lambda: facts_of(x[:, :1], y),
    "all zeros": lambda: facts_of(x * 0, y),
    "all equal": lambda: watched(x * 0 + 5, own_x=x * 0 + 5),
    "texts": lambda: facts_of(TEXTS, y),
    "texts in both parts": lambda: watched(TEXTS, own_x=TEXTS),
    "texts in validation": lambda: watched(TEXTS),
    "gaps": lambda: watched(GAPS, own_x=GAPS),
    "infinite": lambda: watched(INFINITE, own_x=INFINITE),
    "a column of gaps": lambda: watched(x, own_x=np.where(np.arange(4) == 1, np.nan, x)),
    "a row of gaps": lambda: watched(x, own_x=np.where(np.arange(60)[:, None] == 1, np.nan, x)),
    "huge": lambda: facts_of(x.astype(np.float64) * 1e300, y),
    "tiny": lambda: facts_of(x.astype(np.float64) * 1e-300, y),
    "truth values": lambda: facts_of(x > 0, y),
    "unsigned bytes": lambda: facts_of((x * 30 + 100).astype(np.uint8), y),
    "large whole numbers": lambda: facts_of((x * 1e17).astype(np.int64), y),
    "half precision": lambda: facts_of(x.astype(np.float16), y),
    "pictures": lambda: watched(np.ones((9, 5, 5, 1)), y[:9], np.ones((60, 5, 5, 1))),
    "labels as texts": lambda: watched(x, NAMES[y % 2], x, NAMES[y % 2 + 1]),
    "gaps in targets": lambda: facts_of(x, np.where(np.arange(60) % 7 == 0, np.nan, x[:, 0])),
    "infinite targets": lambda: facts_of(x, np.where(np.arange(60) % 7 == 0, np.inf, x[:, 0])),
    "truth values as targets": lambda: watched(x, y > 0, x, y > 0),
    "many targets": lambda: facts_of(x, np.tile(x, (1, 9)) * 2.0),
    "many classes": lambda: watched(x, np.arange(60), x, np.arange(60)),
    "one validation row": lambda: watched(x[:1], y[:1]),
    "validation of another width": lambda: watched(x[:, :2]),
    "constant targets": lambda: facts_of(x, x[:, 0] * 0 + 0.5),
}  # fmt: skip


def check(facts):
    for rule in RULES:
        for suspicion in rule.suspicions(facts):
            assert "nan" not in str(suspicion.finding).lower().replace("nan or inf", "")


@pytest.mark.parametrize("name", ODD)
def test_rules_take_odd_data(name):
    check(ODD[name]())


@pytest.mark.long
@pytest.mark.parametrize("code", [code for code in CASES if code.startswith("D")])
def test_rules_take_the_cases_of_others(code):
    for make in (*CASES[code].positive.values(), *CASES[code].negative.values()):
        check(make())
