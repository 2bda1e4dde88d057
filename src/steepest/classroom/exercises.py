"""The functions that the numpy course leaves to the student, with checks, hints and answers.

`write` makes a file to complete, `check` says which functions are right and what is wrong in the
others, `hint` and `answer` help on request. Depends on the other files of the classroom.
"""

from __future__ import annotations

import ast
import copy
import inspect
import runpy
import textwrap
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.arguments import is_whole
from steepest.classroom import answers, checking
from steepest.classroom.activations import ReLUActivation, SigmoidActivation
from steepest.classroom.layers import DenseLayer
from steepest.classroom.losses import BinaryCrossEntropy, MeanSquaredError
from steepest.classroom.neuralnet import NeuralNetwork
from steepest.classroom.optimizer import SGD
from steepest.errors import ArgumentError, unknown_name

__all__ = ["write", "check", "hint", "answer", "EXERCISES", "Exercise"]

FORWARD, BACKWARD = "forward_propagation", "backward_propagation"


@dataclass(frozen=True)
class Exercise:
    """One method to write: its class in the file, the class it belongs to, and hints.

    >>> EXERCISES["relu_derivative"].method
    'derivative'
    """

    class_name: str
    method: str
    base: type
    make: Callable[[type], Any]
    hints: tuple[str, ...]

    def checked(self, method: Any) -> checking.Check:
        """Checks one method, in a class whose other methods are ours."""
        made = type(self.class_name, (self.base,), {self.method: method})
        return checking.check(self.make(made))


def _dense(layer: type) -> Any:
    return layer(2, input_shape=(3,))


def _network(network: type) -> Any:
    made = network()
    for layer in (DenseLayer(3, (3,)), SigmoidActivation(), DenseLayer(3), SigmoidActivation()):
        made.add(layer)
    return made


def _object(part: type) -> Any:
    return part()


EXERCISES: dict[str, Exercise] = {
    "dense_forward": Exercise("MyDenseLayer", FORWARD, DenseLayer, _dense, (
        "Each output is a sum over the inputs: a product of matrices, input @ self.weights.",
        "self.biases is added to each row; NumPy does so by broadcasting.",
    )),
    "dense_backward": Exercise("MyDenseLayer", BACKWARD, DenseLayer, _dense, (
        "Look at the shapes: input_error (rows, inputs) is made of output_error (rows, units) and "
        "weights (inputs, units), so the weights are transposed.",
        "The gradient of the weights (inputs, units) is made of input (rows, inputs) and "
        "output_error (rows, units), so the input is transposed.",
        "A bias reaches every row, so its gradient is the sum of the error over the rows.",
        "Compute input_error first, with the weights that made the output.",
    )),
    "relu_derivative": Exercise("MyReLU", "derivative", ReLUActivation, _object, (
        "max(x, 0) is x where x > 0, with slope 1, and 0 elsewhere, with slope 0.",
        "input > 0 is an array of True and False; as numbers they are 1 and 0.",
    )),
    "sigmoid_derivative": Exercise("MySigmoid", "derivative", SigmoidActivation, _object, (
        "The derivative can be written with the sigmoid s itself.",
        "It is s (1 - s), and s is the sigmoid of the input, not the input.",
    )),
    "mse_derivative": Exercise("MyMeanSquaredError", "derivative", MeanSquaredError, _object, (
        "The derivative of e^2 is 2 e, here with e = y_pred - y_true.",
        "The loss is a mean over all entries: divide by their number, y_pred.size.",
    )),
    "cross_entropy_derivative": Exercise(
        "MyBinaryCrossEntropy", "derivative", BinaryCrossEntropy, _object, (
            "The derivative of log(p) is 1 / p, that of log(1 - p) is -1 / (1 - p).",
            "One entry gives -y / p + (1 - y) / (1 - p).",
            "The loss is a mean over all entries: divide by their number, y_pred.size.",
        ),
    ),
    "sgd_update": Exercise("MySGD", "update", SGD, _object, (
        "In the first step V before is 0.",
        "Store V in self.retained_gradient, or the next step starts from 0 again.",
    )),
    "network_forward": Exercise("MyNeuralNetwork", FORWARD, NeuralNetwork, _network, (
        "The output of each layer is the input of the next one.",
    )),
    "network_backward": Exercise("MyNeuralNetwork", BACKWARD, NeuralNetwork, _network, (
        "The last layer comes first: reversed(self.layers).",
        "What a layer returns is the output_error of the layer before it.",
    )),
}  # fmt: skip
"""The exercises by name, in the order of the file."""


def write(path: str | Path = "my_network.py") -> None:
    """Writes a file of classes whose methods are to be completed; an existing file is not touched.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "my_network.py"
    >>> write(path)
    >>> check(path)["relu_derivative"] is None
    to do   dense_forward
    to do   dense_backward
    to do   relu_derivative
    to do   sigmoid_derivative
    to do   mse_derivative
    to do   cross_entropy_derivative
    to do   sgd_update
    to do   network_forward
    to do   network_backward
    0 of 9 are right. The next one: exercises.hint("dense_forward")
    True
    """
    file = Path(path)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_template())
    except FileExistsError:
        raise ArgumentError(
            f"exercises.write: {file} exists, and may have your answers; give another name"
        ) from None


HEAD = '''"""Complete the methods in which NotImplementedError is raised, in any order.

Run this file to check them. In Python, `from steepest.classroom import exercises` and then
exercises.hint("dense_forward") gives a hint, exercises.hint("dense_forward", 2) the next one, and
exercises.answer("dense_forward") the answer.
"""

import numpy as np

from steepest import classroom
'''
END = """

if __name__ == "__main__":
    classroom.exercises.check(__file__)
"""


def _template() -> str:
    """The file of answers without the code of the methods."""
    source = inspect.getsource(answers)
    lines, parts = source.splitlines(), [HEAD.rstrip()]
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        parts += ["", "", f"class {node.name}(classroom.{ast.unparse(node.bases[0])}):"]
        parts += [lines[node.lineno]]
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                task = lines[method.body[0].lineno - 1 : method.body[0].end_lineno]
                parts += ["", f"    {_heading(method)}", *task]
                parts += [f'        raise NotImplementedError("{_name_of(node, method)}")']
    return "\n".join(parts) + "\n" + END


def _heading(method: ast.FunctionDef) -> str:
    """The first line of a method, without annotations."""
    arguments = copy.deepcopy(method.args)
    arguments.vararg = None  # the sample weights of a loss, which the course does not have
    for argument in arguments.args:
        argument.annotation = None
    return f"def {method.name}({ast.unparse(arguments)}):"


def _name_of(node: ast.ClassDef, method: ast.FunctionDef) -> str:
    wanted = (node.name, method.name)
    return next(n for n, each in EXERCISES.items() if (each.class_name, each.method) == wanted)


def check(answers: str | Path | Mapping[str, Any]) -> dict[str, checking.Check | None]:
    """Prints which exercises of a file are right, and what is wrong in the others.

    `answers` is the file, or a dictionary of its classes, such as `globals()` in a notebook. It
    returns the check of each exercise, None for one that is not written.

    >>> class MyReLU(ReLUActivation):
    ...     def derivative(self, input):
    ...         return 1.0 * (input < 0)
    >>> found = check({"MyReLU": MyReLU})
    to do   dense_forward
    to do   dense_backward
    wrong   relu_derivative
            * derivative: entry (0, 0) is 0, 1 was expected. It looks like this mistake: ...
    to do   sigmoid_derivative
    ...
    0 of 9 are right. The next one: exercises.hint("dense_forward")
    """
    written = answers if isinstance(answers, Mapping) else _classes_of(answers)
    results: dict[str, checking.Check | None] = {}
    for name, exercise in EXERCISES.items():
        result, text = _checked(exercise, written.get(exercise.class_name))
        results[name] = result
        print("\n        ".join([f"{text[0]:<8}{name}", *text[1:]]))
    right = [name for name, result in results.items() if result]
    left = [name for name in results if name not in right]
    print(f"{len(right)} of {len(results)} are right.", end=" ")
    print(f'The next one: exercises.hint("{left[0]}")' if left else "Now train your network.")
    return results


def _classes_of(file: Any) -> dict[str, Any]:
    """What the student's file defines; it is run."""
    if not isinstance(file, (str, Path)):
        raise ArgumentError(
            "exercises.check: the path of your file, or a dictionary of its classes such as "
            f"globals(), was expected, got {file!r:.60}"
        )
    if not Path(file).is_file():
        raise ArgumentError(
            f"exercises.check: there is no file {file}; exercises.write({str(file)!r}) makes it"
        )
    return runpy.run_path(str(file))


def _checked(exercise: Exercise, written: Any) -> tuple[checking.Check | None, list[str]]:
    """The check of one exercise, and lines of text that say what it found."""
    method = vars(written).get(exercise.method) if isinstance(written, type) else None
    if method is None:
        return None, ["to do"]
    try:
        found = exercise.checked(method)
    except NotImplementedError:
        return None, ["to do"]
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error} (line {line.lineno} of {Path(line.filename).name})"
        wrong = checking.Difference(exercise.method, text)
        found = checking.Check(exercise.class_name, [wrong])
    return found, ["right" if found else "wrong", *(f"* {one}" for one in found.differences)]


def hint(name: str, number: int = 1) -> None:
    """Prints a hint of an exercise: the first, or the one of a number.

    >>> hint("relu_derivative", 2)
    input > 0 is an array of True and False; as numbers they are 1 and 0.
    """
    hints = _exercise(name).hints
    if not (is_whole(number) and 1 <= number <= len(hints)):
        raise ArgumentError(
            f"exercises.hint: {name!r} has the hints 1 to {len(hints)}, got {number!r}; "
            f'exercises.answer("{name}") shows the answer'
        )
    print(hints[number - 1])


def answer(name: str) -> None:
    """Prints the answer of an exercise.

    >>> answer("relu_derivative")
    def derivative(self, input):
        return (input > 0).astype(np.float64)
    """
    exercise = _exercise(name)
    method = getattr(getattr(answers, exercise.class_name), exercise.method)
    source = textwrap.dedent(inspect.getsource(method))
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    print("\n".join([_heading(node), *source.splitlines()[node.body[1].lineno - 1 :]]))


def _exercise(name: str) -> Exercise:
    if name not in EXERCISES:
        raise unknown_name("exercise", name, list(EXERCISES))
    return EXERCISES[name]
