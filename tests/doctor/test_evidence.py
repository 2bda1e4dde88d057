"""What findings name: layers, places, the numbers at the end of a training, and what to do next."""

import numpy as np
import pytest

from steepest.doctor import TABLE
from steepest.doctor.records import LayerRecord
from tests.doctor.cases.case import blobs, facts_of
from tests.doctor.cases.courses import network, with_records

pytestmark = pytest.mark.usefixtures("names_from_one")

FLAT = [1.1, 1.1, 1.1]


def only_finding(code, facts):
    [suspicion] = TABLE[code].suspicions(facts)
    return suspicion.finding


def layers_of(at_fault=1, **shares):
    """Records of a layer whose shares rise with the record's number; those of others are low."""

    def layer(name, at, number):
        low = {"dead": 0.1, "constant": 0.1, "saturated": 0.1}
        risen = {share: start + number / 100 for share, start in shares.items()}
        return LayerRecord(
            name, 0.5, 1.0, **{**low, **(risen if at == at_fault and number else {})}
        )

    return layer


@pytest.mark.parametrize("at_fault", [0, 1, 2])
def test_dead_units_of_the_first_layer_that_has_them_in_the_last_record(at_fault):
    facts = with_records(network(3), FLAT, layers=layers_of(at_fault, dead=0.6))
    finding = only_finding("T9", facts)
    assert finding.where.layer == ("dense", "dense_1", "dense_2")[at_fault]
    assert finding.evidence["dead"] == 0.64


def test_units_that_recover_are_not_dead():
    def layer(name, at, number):
        return LayerRecord(name, 0.5, 1.0, (0.6, 0.9, 0.9, 0.9, 0.6)[number], 0.1, 0.1)

    assert not list(TABLE["T9"].suspicions(with_records(network(1), FLAT, layers=layer)))


@pytest.mark.parametrize("at_fault", [0, 1, 2])
def test_saturated_units_of_the_first_layer_that_has_them_in_the_last_record(at_fault):
    model = network(3, "tanh")
    finding = only_finding(
        "T10", with_records(model, FLAT, layers=layers_of(at_fault, saturated=0.6))
    )
    assert finding.where.layer == ("dense", "dense_1", "dense_2")[at_fault]
    assert finding.evidence["saturated"] == 0.64


def test_a_gradient_that_vanishes_names_the_first_and_the_last_kernel():
    def kernel(at, number):
        return 1.0, 1e-6 * (1 + number) if at == 0 else 1.0, 0.001

    finding = only_finding("T7", with_records(network(3, "sigmoid"), FLAT, kernel))
    assert finding.where.layer == "dense"
    assert finding.evidence == {
        "first": "dense/kernel",
        "last": "dense_3/kernel",
        "ratio": pytest.approx(4e-6),
        "records": 4,
    }


def test_a_drift_names_the_first_and_the_last_hidden_layer():
    def layer(name, at, number):
        return LayerRecord(name, 0.0, (1.0, 5.0, 200.0 + number, 1.0)[at], 0.0, 0.0)

    finding = only_finding("T11", with_records(network(3), FLAT, layers=layer))
    assert finding.where.layer == "dense_2"
    assert finding.evidence == {"first": "dense", "last": "dense_2", "ratio": 204.0}


def test_idle_weights_are_counted_and_the_first_is_named():
    def kernel(at, number):
        return 1.0, 0.0 if at in (1, 2) or number == 0 else 1.0, 0.001

    finding = only_finding("T12", with_records(network(3), FLAT, kernel))
    assert finding.where.layer == "dense_1"
    assert finding.evidence == {"count": 2, "all": 4, "path": "dense_1/kernel"}


@pytest.mark.parametrize("different, advice", [(20, "one-hot"), (21, "Embedding")])
def test_texts_of_few_values_are_columns_and_of_many_values_are_embedded(different, advice):
    texts = np.array([f"name {row % different}" for row in range(60)], object)[:, None]
    [suspicion] = TABLE["D2"].suspicions(facts_of(texts, np.arange(60) % 2))
    assert advice in suspicion.next_action
    assert f"{different} different values" in suspicion.next_action


def test_gaps_are_described_by_their_number_rows_and_columns():
    x, y = blobs()
    x[[3, 3, 7], [1, 2, 1]] = np.nan
    finding = only_finding("D1", facts_of(x, y))
    assert (finding.where.argument, finding.where.row, finding.where.column) == ("x", 3, 1)
    assert finding.evidence == {"count": 3, "rows": 2, "of": 60, "columns": "2 columns (1, 2)"}


def test_gaps_that_no_change_repairs_leave_advice():
    x, y = blobs()
    advice = []
    for rows in (59, 60):
        x[:rows, 1] = np.nan
        [suspicion] = TABLE["D1"].suspicions(facts_of(x, y))
        advice.append((bool(suspicion.changes), suspicion.next_action))
    assert advice == [(True, ""), (False, "fill the gaps of all rows")]
