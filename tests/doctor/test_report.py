"""The report of the doctor: known texts, plain values for JSON, and the blocks of its page."""

import json

import numpy as np
import pytest

import steepest as st
from steepest.doctor.experiment import Effect
from steepest.doctor.proof import Status, Verdict
from steepest.doctor.report import FIRST, Report
from steepest.doctor.rule import Change, DoctorRule, Looks, Suspicion
from steepest.doctor.setup import Setup
from steepest.finding import NOWHERE, Finding, Rule, Severity, Where
from steepest.page import Code, Heading, Notice, Scatter, Table, Text

EFFECT = Effect("accuracy", [0.5, 0.52, 0.48], [0.9, 0.93, 0.91])
EFFECT_TEXT = "accuracy 0.5 -> 0.913, by +0.413 (+0.375 to +0.451) over 3 seeds"
DIFF = "--- a\n+++ b\n@@ -1 +1 @@\n-rate=9\n+rate=1\n"


@pytest.fixture
def verdict(monkeypatch):
    monkeypatch.setattr("steepest.finding.RULES", {})

    def made(
        name, status, severity=Severity.WARNING, change=None, effect=None, diff="", next_action="",
        where=NOWHERE, evidence=None, remedy="lower it",
    ):  # fmt: skip
        exception = st.errors.SteepestError if severity is Severity.ERROR else UserWarning
        rule = Rule(name, severity, f"{name} is odd.", name, remedy, exception)
        row = DoctorRule(name[0].upper(), rule, Looks.MODEL, "above 3", "", lambda facts: [])
        finding = Finding(name, severity, where, evidence or {}, remedy, f"the {name} is odd")
        changed = change and Change(change, lambda setup: setup)
        return Verdict(Suspicion(row, finding, (), next_action), status, changed, effect, diff)

    return made


@pytest.fixture
def full(verdict):
    """A report with every part: two confirmed faults, two open suspicions, one harmless."""
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile(st.optimizers.SGD(1.5), "mse")
    setup = Setup.of(model, np.ones((4, 2)), np.ones(4))
    return Report(
        setup,
        "accuracy",
        [
            verdict(
                "rate", Status.CONFIRMED, change="rate 1", effect=EFFECT, diff=DIFF,
                where=Where("x", row=4), evidence={"rate": np.float32(9.5), "shape": (2, 3)},
            ),
            verdict("batch", Status.CONFIRMED, change="batch 8"),
            verdict("seed", Status.EVIDENT, next_action="ask for more"),
            verdict("units", Status.SUSPECTED, Severity.ERROR),
            verdict("noise", Status.HARMLESS, change="less", effect=EFFECT),
            verdict("decay", Status.HARMLESS),
        ],
        repaired=setup.with_fit(epochs=9),
        replication=EFFECT,
        share=0.5,
        readings=["The loss fell."],
    )  # fmt: skip


def test_the_text_shows_the_first_findings(full):
    assert str(full) == (
        "The doctor has found 2 confirmed faults and 2 suspicions.\n"
        "The loss fell.\n"
        f"With all confirmed changes: {EFFECT_TEXT}, on rows not used before.\n"
        "\n"
        "1. the rate is odd\n"
        "   confirmed; lower it\n"
        f"   rate 1: {EFFECT_TEXT}\n"
        "   -rate=9\n"
        "   +rate=1\n"
        "\n"
        "2. the batch is odd\n"
        "   confirmed; lower it\n"
        "\n"
        "3. the units is odd\n"
        "   suspected; lower it\n"
        "\n"
        "1 more: report.text(details=True)\n"
        "\n"
        "Looked odd, tested and harmless: noise, decay"
    )


def test_details_show_all(full):
    text = full.text(details=True)
    assert "more: report.text" not in text
    assert "4. the seed is odd\n   shown by its evidence; ask for more\n" in text


@pytest.mark.parametrize("count", [FIRST, FIRST + 1])
def test_only_hidden_findings_are_counted(verdict, count):
    report = Report(None, "accuracy", [verdict(f"n{n}", Status.SUSPECTED) for n in range(count)])
    assert str(report).startswith(f"The doctor has found {count} suspicions.\n\n1. the n0 is odd")
    assert ("1 more: report.text(details=True)" in str(report)) is (count > FIRST)


def test_one_of_each_is_counted_as_one(verdict):
    given = [verdict("a", Status.CONFIRMED), verdict("b", Status.EVIDENT)]
    first = str(Report(None, "", given)).splitlines()[0]
    assert first == "The doctor has found 1 confirmed fault and 1 suspicion."
    assert str(Report(None, "")) == "The doctor has found nothing."


def test_suspicions_are_in_order_of_severity(verdict):
    given = [
        verdict("a", Status.SUSPECTED, Severity.ADVICE),
        verdict("b", Status.EVIDENT, Severity.WARNING),
        verdict("c", Status.NO_BUDGET, Severity.ERROR),
        verdict("d", Status.UNDECIDED, Severity.WARNING),
        verdict("e", Status.CONFIRMED, Severity.ERROR),
        verdict("f", Status.HARMLESS, Severity.ERROR),
    ]
    report = Report(None, "accuracy", given)
    assert [one.suspicion.rule.name for one in report.open] == ["c", "b", "d", "a"]
    assert report.confirmed == [given[4]] and report.harmless == [given[5]]


def test_the_program_and_the_difference_of_the_repaired_one(full):
    assert full.program.endswith("model.fit(x_train, y_train)\n")
    assert full.diff.splitlines()[-2:] == [
        "-model.fit(x_train, y_train)",
        "+model.fit(x_train, y_train, epochs=9)",
    ]
    unrepaired = Report(full.setup, "accuracy")
    assert unrepaired.diff == "" and unrepaired.program == full.program
    assert (Report(None, "accuracy", repaired=full.setup).diff, Report(None, "").program) == (
        "",
        "",
    )


def test_plain_values(full):
    found = full.to_dict()
    assert (found["format"], found["score"], found["share"]) == (1, "accuracy", 0.5)
    assert (found["diff"], found["program"]) == (full.diff, full.program)
    assert found["readings"] == ["The loss fell."]
    effect = found["replication"]
    assert effect["before"] == [0.5, 0.52, 0.48] and effect["after"] == [0.9, 0.93, 0.91]
    assert effect["score"] == "accuracy" and effect["seeds"] == 3
    assert effect["gain"] == pytest.approx(0.41333, abs=1e-5)
    assert [effect["low"], effect["high"]] == pytest.approx([0.3754, 0.4513], abs=1e-4)
    assert effect["p_value"] == pytest.approx(2.27e-4, rel=0.01)
    assert found["verdicts"][0] == {
        "code": "R",
        "rule": "rate",
        "severity": "warning",
        "status": "confirmed",
        "failure": "",
        "beside": [],
        "sentence": "the rate is odd",
        "remedy": "lower it",
        "next_action": "",
        "where": {"argument": "x", "row": 4},
        "evidence": {"rate": 9.5, "shape": [2, 3]},
        "threshold": "above 3",
        "change": "rate 1",
        "effect": effect,
        "diff": DIFF,
    }
    seed = found["verdicts"][2]
    assert (seed["change"], seed["effect"], seed["next_action"]) == (None, None, "ask for more")
    assert Report(None, "accuracy").to_dict()["replication"] is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float32(0.1), 0.1),
        (np.array([[1, 2]]), [[1, 2]]),
        (None, None),
        (True, True),
        ("a", "a"),
        ((np.int64(3), "b", None), [3, "b", None]),
        (3 + 4j, "(3+4j)"),
        (st.float32, "float32"),
    ],
)
def test_evidence_as_json_has_it(verdict, value, shown):
    report = Report(None, "", [verdict("rate", Status.EVIDENT, evidence={"value": value})])
    (found,) = json.loads(report.to_json())["verdicts"]
    assert found["evidence"] == {"value": shown}


def test_a_saved_report_holds_its_values(full, tmp_path):
    full.save(tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert text == full.to_json() and json.loads(text) == full.to_dict()
    assert text.startswith('{\n "diff": ') and text.index('"diff"') < text.index('"format"')


def test_blocks_of_the_page(full):
    page = full.page()
    assert page.title == "The doctor: 2 confirmed faults"
    assert [type(block) for block in page.blocks] == [
        Notice, Notice,
        Heading, Heading, Text, Table, Text, Scatter, Code, Heading, Text,
        Heading, Heading, Text, Heading, Text, Text,
        Heading, Heading, Text, Text, Scatter, Heading, Text,
        Heading, Code, Heading, Code,
    ]  # fmt: skip
    headings = [(one.level, one.text) for one in page.blocks if isinstance(one, Heading)]
    assert headings == [
        (2, "Confirmed"), (3, "R: rate is odd."), (3, "B: batch is odd."),
        (2, "Suspected"), (3, "U: units is odd."), (3, "S: seed is odd."),
        (2, "Tested and harmless"), (3, "N: noise is odd."), (3, "D: decay is odd."),
        (2, "The program"), (2, "All confirmed changes"),
    ]  # fmt: skip
    texts = [one.text for one in page.blocks if isinstance(one, Text)]
    assert texts[:2] == ["the rate is odd; lower it.", f"rate 1: {EFFECT_TEXT}."]
    assert "Next: ask for more." in texts
    codes = [(one.text, one.diff) for one in page.blocks if isinstance(one, Code)]
    given = [(DIFF, True), (full.program, False), (full.diff, True)]
    assert codes == [(text.strip("\n"), is_diff) for text, is_diff in given]
    notices = [(one.text.text, one.kind) for one in page.blocks if isinstance(one, Notice)]
    whole = f"With all confirmed changes: {EFFECT_TEXT}, on rows not used before."
    assert notices == [("The loss fell.", "note"), (whole, "good")]


def test_the_page_holds_evidence_and_scores(full, tmp_path):
    full.save_page(tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    for text in ("9.5", "(2, 3)", "threshold", "above 3", "accuracy as it is", "accuracy changed"):
        assert text in html
    assert full._repr_html_() == full.page()._repr_html_()


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (Status.CONFIRMED, "1 confirmed fault"),
        (Status.UNDECIDED, "1 suspicion"),
        (Status.HARMLESS, "nothing found"),
    ],
)
def test_titles_of_pages(verdict, status, title):
    page = Report(None, "", [verdict("rate", status, change="rate 1")]).page()
    assert page.title == f"The doctor: {title}"
    assert [type(block) for block in page.blocks] == [Heading, Heading, Text]
