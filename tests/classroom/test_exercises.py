"""The exercises: each reference answer is right, each file is checked, help comes on request."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from steepest.classroom import answers, exercises
from steepest.errors import ArgumentError, UnknownNameError

WRONG = {  # exercise, what is replaced in its answer, and the mistake that is named
    "dense_forward": ("+ self.biases", "", "the biases are missing"),
    "dense_backward": ("self.weights.T", "self.weights", "not transposed"),
    "relu_derivative": (">", "<", "0 where it should be 1"),
    "sigmoid_derivative": ("s * (1 - s)", "input * (1 - input)", "input in place of s"),
    "mse_derivative": (" / y_pred.size", "", "the mean is missing"),
    "cross_entropy_derivative": ("(1 - p) - y_true", "(1 - p) + y_true", "added, not subtracted"),
    "sgd_update": ("self.momentum * before + (1 - self.momentum) * ", "", "momentum is missing"),
    "network_forward": ("            X =", "            Y =", "return the outputs of the last"),
    "network_backward": ("            output_error = ", "            ", "error of the network's"),
}


def written(path: Path, change: dict[str, tuple[str, str]], capsys: pytest.CaptureFixture) -> Path:
    """The template with every answer filled in, some of them changed."""
    exercises.write(path)
    text = path.read_text()
    for name in exercises.EXERCISES:
        exercises.answer(name)
        heading, *body = capsys.readouterr().out.splitlines()
        code = "\n".join(f"    {line}" for line in body)
        if name in change:
            assert change[name][0] in code
            code = code.replace(*change[name])
        text = text.replace(f'        raise NotImplementedError("{name}")', code)
        assert heading in text
    path.write_text(text)
    return path


def test_the_reference_answers_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    found = exercises.check(vars(answers))
    assert all(found.values()) and list(found) == list(exercises.EXERCISES)
    assert capsys.readouterr().out.endswith("9 of 9 are right. Now train your network.\n")


def test_the_file_with_all_answers_is_right(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = written(tmp_path / "my_network.py", {}, capsys)
    runpy.run_path(str(path), run_name="__main__")  # as a student runs it
    assert "9 of 9 are right" in capsys.readouterr().out


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, mistake = WRONG[name]
    found = exercises.check(written(tmp_path / "mine.py", {name: (before, after)}, capsys))
    text = capsys.readouterr().out
    assert [one for one, result in found.items() if not result] == [name]
    assert f"wrong   {name}\n        * " in text and mistake in text
    assert f'8 of 9 are right. The next one: exercises.hint("{name}")' in text


def test_an_error_is_shown_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    change = {"mse_derivative": ("y_pred.size", "y_pred.lenght")}
    path = written(tmp_path / "mine.py", change, capsys)
    line = path.read_text()[: path.read_text().index("y_pred.lenght")].count("\n") + 1
    exercises.check(path)
    text = capsys.readouterr().out
    assert "AttributeError" in text and f"(line {line} of mine.py)" in text


def test_an_existing_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("answers")
    with pytest.raises(ArgumentError, match=r"mine.py exists, and may have your answers"):
        exercises.write(path)
    assert path.read_text() == "answers"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"the path of your file, or a dictionary .* got None"):
        exercises.check(None)  # type: ignore[arg-type] # what a student may write
    with pytest.raises(ArgumentError, match=r"no file .*mine.py; exercises.write\('.*mine.py'\)"):
        exercises.check(tmp_path / "mine.py")


def test_hints_are_printed_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    for name, exercise in exercises.EXERCISES.items():
        for number, text in enumerate(exercise.hints, 1):
            exercises.hint(name, number)
            assert capsys.readouterr().out == text + "\n"
    with pytest.raises(ArgumentError, match="has the hints 1 to 2, got 3"):
        exercises.hint("relu_derivative", 3)
    with pytest.raises(ArgumentError, match="has the hints 1 to 2, got '2'"):
        exercises.hint("relu_derivative", "2")  # type: ignore[arg-type] # what a student may write
    with pytest.raises(UnknownNameError, match="relu_derivative"):
        exercises.answer("relu_derivate")
