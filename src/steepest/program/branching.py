"""`cond` and `while_loop`: branches and loops whose condition is a tensor. Depends on the recorder.

Outside of a recording they act like Python's if and while. A recorded program has neither: a
condition computed from constants alone is decided while recording; otherwise both branches become
part of the program and `where` selects between their results.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from steepest.arguments import whole
from steepest.core import dispatch, ops, tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.user_line import user_place
from steepest.errors import ArgumentError, ShapeError, TraceError
from steepest.program.graph import Node
from steepest.program.trace import Recorder, folded

MAX_ITERATIONS = 10_000  # of a loop in a recorded program
BRANCHES = "both branches of cond"
LOOP = "the body of while_loop and its loop variables"


def cond(
    pred: Any, true_fn: Callable[[], Any] | None = None, false_fn: Callable[[], Any] | None = None
) -> Any:
    """Returns `true_fn()` if `pred` is true, else `false_fn()`.

    In a recorded program where `pred` depends on the data, both are computed, and `where` selects
    their results and the values that they assign to variables. So both must return tensors of
    equal shapes and dtypes, and neither may produce NaN, which would reach the derivative.

    >>> cond(st.constant(2.0) > 1.0, lambda: "more", lambda: "less")
    'more'
    >>> size = st.function(lambda x: cond(x < 0.0, lambda: -x, lambda: x))
    >>> size(st.constant(-3.0)).item(), size.traces
    (3.0, 1)
    """
    if not callable(true_fn) or not callable(false_fn):
        raise ArgumentError(
            "cond: two functions without arguments were expected, as in "
            f"cond(x > 0, lambda: x, lambda: -x), got {true_fn!r} and {false_fn!r}"
        )
    condition = _condition("cond", pred, {})
    if isinstance(condition, bool):
        return true_fn() if condition else false_fn()
    return _select(condition, true_fn, false_fn)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)` is true; returns them.

    In a recorded program the loop is unrolled. Where the number of iterations depends on the data,
    `maximum_iterations` must bound it: that many are computed, and the surplus ones change nothing.

    >>> while_loop(lambda n, total: n < 4, lambda n, total: (n + 1, total + n), (0, 0))
    (4, 6)
    """
    if not callable(cond) or not callable(body):
        raise ArgumentError(
            "while_loop: two functions of the loop variables were expected, as in "
            f"while_loop(lambda n: n < 3, lambda n: n + 1, n), got {cond!r} and {body!r}"
        )
    if maximum_iterations is not None:
        maximum_iterations = whole("while_loop: maximum_iterations", maximum_iterations, 0)
    known: dict[Node, Any] = {}
    values, count = loop_vars, 0
    while maximum_iterations is None or count < maximum_iterations:
        condition = _condition("while_loop", cond(*_as_tuple(values)), known)
        if not isinstance(condition, bool):
            return _unrolled(cond, body, values, condition, maximum_iterations, count)
        if not condition:
            break
        values, count = _iterated(body, values), count + 1
        if count == MAX_ITERATIONS and isinstance(dispatch.current(), Recorder):
            raise TraceError(
                f"{user_place()}: while_loop ran {count:,} iterations while a program was "
                "recorded; a recorded loop is unrolled, so call it outside of the recorded function"
            )
    return values


def _unrolled(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    values: Any,
    active: Tensor,
    bound: int | None,
    count: int,
) -> Any:
    """The iterations whose condition depends on the data.

    Each changes the values only where all conditions so far were true (`active`).
    """
    if bound is None:
        raise TraceError(
            f"{user_place()}: the number of iterations of while_loop depends on the data, and a "
            "recorded program has no loops: bound it by maximum_iterations=, or call it outside of "
            "the recorded function"
        )
    if bound > MAX_ITERATIONS:
        raise TraceError(
            f"{user_place()}: while_loop: maximum_iterations={bound:,} iterations would be "
            f"unrolled; a recorded program may have at most {MAX_ITERATIONS:,}: choose a smaller "
            "bound, or call it outside of the recorded function"
        )
    for number in range(count, bound):
        if number > count:
            active = ops.logical_and(active, _scalar("while_loop", cond(*_as_tuple(values))))
        new, old = partial(_iterated, body, values), partial(_unchanged, values)
        values = _select(active, new, old, LOOP)
    return values


def _unchanged(values: Any) -> Any:
    return values


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def _iterated(body: Callable[..., Any], values: Any) -> Any:
    """The body's result in the structure of the loop variables."""
    arguments = _as_tuple(values)
    parts = _as_tuple(body(*arguments))
    if len(parts) != len(arguments):
        raise ShapeError(
            f"while_loop: the body must return all {len(arguments)} loop variables, it returned "
            f"{len(parts)}"
        )
    return type(values)(parts) if isinstance(values, (tuple, list)) else parts[0]


# ---------------------------------------------------------------- the condition


def _condition(name: str, pred: Any, known: dict[Node, Any]) -> bool | Tensor:
    """The condition's value if it is known while recording, else its tensor."""
    scalar = _scalar(name, pred)
    if not scalar.is_symbolic:
        return bool(scalar)
    value = folded(scalar.data, known) if isinstance(scalar.data, Node) else None
    return scalar if value is None else bool(value)


def _scalar(name: str, pred: Any) -> Tensor:
    tensor = ops.as_tensor(pred)
    if tensor.shape != ():
        raise ShapeError(
            f"{name}: the condition must be a scalar, got shape {show(tensor.shape)}; "
            "st.reduce_all or st.reduce_any reduce it to one, st.where selects element by element"
        )
    return ops.cast(tensor, "bool")


# ---------------------------------------------------------------- both branches


def _select(
    pred: Tensor, true_fn: Callable[[], Any], false_fn: Callable[[], Any], who: str = BRANCHES
) -> Any:
    """Calls both functions; `where` selects their results and the variables' new values."""
    recorder = dispatch.current()
    if not isinstance(recorder, Recorder):  # a functional model is recorded without variables
        return _selected(pred, true_fn(), false_fn(), who)
    start, guard = recorder.current_values(), recorder.guard
    yes = true_fn()
    after_yes = recorder.current_values()
    for variable in after_yes:
        recorder.assign(variable, start.get(variable, recorder.first_value(variable)))
    no = false_fn()
    if recorder.guard is not guard:
        raise TraceError(f"{user_place()}: a branch of cond cannot contain a guard of its own")
    for variable, after_no in recorder.current_values().items():
        one = after_yes.get(variable, recorder.first_value(variable))
        if one is not after_no:
            recorder.assign(variable, ops.where(pred, one, after_no))
    return _selected(pred, yes, no, who)


def _selected(pred: Tensor, yes: Any, no: Any, who: str) -> Any:
    if tree.transform(_nothing, yes) != tree.transform(_nothing, no):
        raise ShapeError(
            f"{user_place()}: {who} must have equal structures, got {yes!r:.60} and {no!r:.60}"
        )
    pairs = zip(tree.leaves(yes), tree.leaves(no), strict=True)
    return tree.rebuild(yes, iter([_selected_leaf(pred, *pair, who) for pair in pairs]))


def _nothing(leaf: Any) -> None:
    return None


def _selected_leaf(pred: Tensor, yes: Any, no: Any, who: str) -> Any:
    if yes is no:
        return yes
    one, other = ops.meet(yes, no)
    if one.shape != other.shape:
        raise ShapeError(
            f"{user_place()}: {who} must have tensors of equal shapes, got "
            f"{show(one.shape)} and {show(other.shape)}"
        )
    return ops.where(pred, one, other)
