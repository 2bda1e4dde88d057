"""The measure of the doctor: its programs are made as they say, and its tables count right."""

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.doctor import car_faults, courses, endings, healthy, mutations
from benchmarks.doctor.journal import Journal
from benchmarks.doctor.program import FAULTS, half_of
from benchmarks.doctor.report import lines, share
from benchmarks.doctor.rules_page import SPOKEN, page

FAMILIES = {program.family for program in FAULTS}


def test_there_are_as_many_programs_as_the_page_says():
    assert len(FAULTS) == 57 and len(car_faults.VARIANTS) == 17
    assert len({program.name for program in FAULTS}) == 57
    assert {courses.quintic.__name__, endings.poisson.__name__} <= {one.name for one in FAULTS}
    assert len(mutations.OPERATORS) >= 25 and len(healthy.TABLES) == 10
    assert len(list(healthy.runs())) == 540


@pytest.mark.parametrize("program", FAULTS, ids=lambda program: program.name)
def test_a_pair_has_as_many_held_out_rows_on_each_side(program):
    pair = program.pair()
    assert len(pair.rows) == len(pair.clean_rows) >= 40
    assert pair.rows.part == pair.clean_rows.part == "val"  # what changes training rows leaves them
    assert pair.faulty.validation is not None and len(pair.faulty.validation) >= 40


@pytest.mark.parametrize("name", mutations.OPERATORS)
def test_an_operator_changes_the_program(name):
    change = mutations.OPERATORS[name]
    pairs = [mutations.mutant(table, change) for table in ("cars", "iris")]
    made = [pair for pair in pairs if pair is not None]
    assert made
    for pair in made:
        parts = [
            (one.compile, one.fit, [spec.config for spec in one.layers])
            for one in (pair.faulty, pair.clean)
        ]
        same_rows = np.array_equal(pair.faulty.rows.x, pair.clean.rows.x)
        same_targets = np.array_equal(pair.faulty.rows.y, pair.clean.rows.y)
        same_dtype = pair.faulty.rows.x.dtype == pair.clean.rows.x.dtype
        assert not (str(parts[0]) == str(parts[1]) and same_rows and same_targets and same_dtype)


def test_variants_of_a_program_are_in_one_half():
    halves = {(program.family, program.half) for program in [*FAULTS, *mutations.programs()]}
    assert len(halves) == len({family for family, _ in halves})
    assert {half_of(family) for family in FAMILIES} == {"tuned", "reported"}


def row(name, **values):
    found = {"confirmed": [], "evident": [], "open": [], "advice": [], "harmless": [],
             "contradictions": [], "helped": [], "refusal": ""}  # fmt: skip
    return {"name": name, "half": "tuned", "faulty": 0.1, "clean": 0.9, "has_gap": True,
            "way": 0.0, "repaired": False, "detected": False, **found, **values}  # fmt: skip


def test_the_tables_count_programs_with_a_gap():
    journal = Journal()
    journal.add("fault", row("a", repaired=True, detected=True, helped=[True, False], way=1.0))
    journal.add("fault", row("b", detected=True))
    journal.add("fault", {"name": "c", "half": "tuned", "faulty": 0.5, "clean": 0.5,
                          "has_gap": False})  # fmt: skip
    text = "\n".join(lines(journal))
    assert "3 programs, 2 with a gap" in text
    assert "repaired                1 of   2   50 %" in text
    assert "detected                2 of   2  100 %" in text
    assert "help again    1 of   2   50 %" in text and "no gap" in text


def test_programs_that_no_change_repairs_are_counted_separately():
    journal = Journal()
    lost = "iris shuffled_labels"
    journal.add("mutation", row("a", repaired=True, detected=True))
    journal.add("mutation", row(lost, evident=["D26"], detected=True))
    text = "\n".join(lines(journal))
    assert "repaired                1 of   2   50 %" in text
    assert "of repairable ones      1 of   1  100 %" in text
    assert "lost rows named         1 of   1  100 %" in text
    for wrong in ({"evident": ["T5"]}, {"evident": ["D26"], "helped": [False]}):
        journal.add("mutation", row(lost, **wrong))
        assert "lost rows named         0 of   1" in "\n".join(lines(journal))


def test_false_alarms_are_counted_by_run():
    journal = Journal()
    for name, found in (("a", {"confirmed": ["T1", "T2"]}), ("b", {"advice": ["T3"]}), ("c", {})):
        journal.add("healthy", {**row(name, **found), "is_healthy": True})
    journal.add("healthy", {"name": "d", "is_healthy": False})
    text = "\n".join(lines(journal))
    assert "4 measured, 3 near" in text and "confirmed T1 1" in text
    assert "false alarms          1 of   3   33 %" in text
    assert "advice                1 of   3   33 %" in text


def test_an_interval_is_wilson_s():
    z, n, p = 1.959964, 10, 0.9
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (100 * (middle + sign * spread) / (1 + z * z / n) for sign in (-1, 1))
    text = share([{"a": 1}] * 9 + [{"a": 0}], lambda one: one["a"])
    assert f"({low:.0f} to {high:.0f})" in text


def test_a_journal_is_read_again(tmp_path):
    path = tmp_path / "rows.jsonl"
    Journal(path).add("fault", {"name": "a", "way": 0.5})
    Journal(path).add("fault", {"name": "b", "way": 1.0})
    assert [one["way"] for one in Journal(path).of_kind("fault")] == [0.5, 1.0]


def test_the_page_of_the_rules_has_each_threshold():
    text = (Path(__file__).parents[2] / "docs" / "doctor_rules.md").read_text("utf-8")
    rows = [line for line in page(Journal()) if line.startswith("| ")]
    missing = [row for row in rows if row.removesuffix("|") not in text]  # a count may follow
    assert len(rows) > 100 and missing == []


def test_the_page_of_the_rules_counts_healthy_runs():
    journal, spoken = Journal(), {name: [] for name in SPOKEN}
    for name, codes in (("a", ["T16"]), ("b", ["T16", "A5"]), ("c", [])):
        journal.add("healthy", {"name": name, "is_healthy": True, **spoken, "open": codes})
    rows = {row.split(" | ")[0]: row for row in page(journal)}
    assert rows["| T16"].endswith("| 2 |") and rows["| A5"].endswith("| 1 |")
    assert rows["| S1"].endswith("| 0 |")
