"""Branches and loops that tensors decide about: cond and while_loop. Leans on the recorder.

Outside of a recording they are Python's own if and while. A recorded program has neither: where the
decision follows from constants it is taken while recording, else both branches become part of the
program and `where` chooses between what they give.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from steepest.arguments import whole
from steepest.core import dispatch, ops, tree
from steepest.core.numpy_rules import evaluate
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.user_line import user_place
from steepest.errors import ArgumentError, ShapeError, TraceError
from steepest.program.graph import Node
from steepest.program.trace import Recorder

MOST_TURNS = 10_000
BRANCHES = "both branches of cond"
LOOP = "the body of while_loop and its loop variables"


def cond(
    pred: Any, true_fn: Callable[[], Any] | None = None, false_fn: Callable[[], Any] | None = None
) -> Any:
    """What `true_fn()` gives if `pred` is true, else what `false_fn()` gives.

    In a recorded program where `pred` depends on the data, both are computed, and what they give,
    and assign to variables, is chosen by `where`: give tensors of equal shapes and kinds, and keep
    what is not computed free of NaN, which would reach the derivative.

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
    verdict = _verdict("cond", pred, {})
    if isinstance(verdict, bool):
        return true_fn() if verdict else false_fn()
    return _either(verdict, true_fn, false_fn)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """The loop variables after `body(*loop_vars)` took their place as long as `cond` was true.

    In a recorded program the turns are written out one by one. Where their number depends on the
    data it must have a bound, `maximum_iterations`: all turns are computed, and those too many
    change nothing.

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
    values, turns = loop_vars, 0
    while maximum_iterations is None or turns < maximum_iterations:
        verdict = _verdict("while_loop", cond(*_arguments(values)), known)
        if not isinstance(verdict, bool):
            return _bounded(cond, body, values, verdict, maximum_iterations, turns)
        if not verdict:
            break
        values, turns = _turn(body, values), turns + 1
        if turns == MOST_TURNS and isinstance(dispatch.current(), Recorder):
            raise TraceError(
                f"{user_place()}: while_loop took {turns:,} turns while a program was recorded; "
                "each is written out, so keep it outside of the recorded function"
            )
    return values


def _bounded(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    values: Any,
    going: Tensor,
    most: int | None,
    turns: int,
) -> Any:
    """The turns that data decide about: each is taken where all conditions so far were true."""
    if most is None:
        raise TraceError(
            f"{user_place()}: how often while_loop turns depends on the data, and a recorded "
            "program has no loops: bound it by maximum_iterations=, or call it outside of the "
            "recorded function"
        )
    if most > MOST_TURNS:
        raise TraceError(
            f"{user_place()}: while_loop: maximum_iterations={most:,} turns would be written out "
            f"one by one; {MOST_TURNS:,} is the most in a recorded program: bound it by fewer, or "
            "call it outside of the recorded function"
        )
    for turn in range(turns, most):
        if turn > turns:
            going = ops.logical_and(going, _scalar("while_loop", cond(*_arguments(values))))
        values = _either(going, partial(_turn, body, values), partial(_same, values), LOOP)
    return values


def _same(values: Any) -> Any:
    return values


def _arguments(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def _turn(body: Callable[..., Any], values: Any) -> Any:
    """What the body gives, in the form of the loop variables."""
    given, wanted = body(*_arguments(values)), len(_arguments(values))
    parts = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    if len(parts) != wanted:
        raise ShapeError(
            f"while_loop: the body must return all {wanted} loop variables, it returned "
            f"{len(parts)}"
        )
    return type(values)(parts) if isinstance(values, (tuple, list)) else parts[0]


# ---------------------------------------------------------------- who decides


def _verdict(name: str, pred: Any, known: dict[Node, Any]) -> bool | Tensor:
    """The truth, if it is known by now; else the tensor that stands for it."""
    scalar = _scalar(name, pred)
    if not scalar.is_symbolic:
        return bool(scalar)
    value = _folded(scalar.data, known) if isinstance(scalar.data, Node) else None
    return scalar if value is None else bool(value)


def _scalar(name: str, pred: Any) -> Tensor:
    tensor = ops.as_tensor(pred)
    if tensor.shape != ():
        raise ShapeError(
            f"{name}: one truth value was expected, got shape {show(tensor.shape)}; "
            "st.reduce_all or st.reduce_any makes one of many, st.where chooses entry by entry"
        )
    return ops.cast(tensor, "bool")


def _folded(wanted: Node, known: dict[Node, Any]) -> Any:
    """The value of what was computed from constants alone; None where inputs take part."""
    waiting = [wanted]
    while waiting:
        node = waiting[-1]
        missing = [source for source in node.inputs if source not in known]
        if missing:
            waiting += missing
        else:
            known[node] = _value(node, [known[source] for source in node.inputs])
            waiting.pop()
    return known[wanted]


def _value(node: Node, given: list[Any]) -> Any:
    if node.op == "constant":
        return node.params["value"]
    if node.is_leaf or node.op == "batch_size" or any(value is None for value in given):
        return None
    return evaluate(node.op, given, node.params)


# ---------------------------------------------------------------- both branches


def _either(
    pred: Tensor, true_fn: Callable[[], Any], false_fn: Callable[[], Any], who: str = BRANCHES
) -> Any:
    """What both functions give, and do to variables, with `where` between them."""
    recorder = dispatch.current()
    if not isinstance(recorder, Recorder):  # a drawing: it keeps no variables
        return _chosen(pred, true_fn(), false_fn(), who)
    start, guard = recorder.held(), recorder.guard
    yes = true_fn()
    after_yes = recorder.held()
    for variable in after_yes:
        recorder.assign(variable, start.get(variable, recorder.first(variable)))
    no = false_fn()
    if recorder.guard is not guard:
        raise TraceError(f"{user_place()}: a branch of cond cannot hold a guard of its own")
    for variable, after_no in recorder.held().items():
        one = after_yes.get(variable, recorder.first(variable))
        if one is not after_no:
            recorder.assign(variable, ops.where(pred, one, after_no))
    return _chosen(pred, yes, no, who)


def _chosen(pred: Tensor, yes: Any, no: Any, who: str) -> Any:
    if tree.transform(_nothing, yes) != tree.transform(_nothing, no):
        raise ShapeError(
            f"{user_place()}: {who} must give nests of one form, got {yes!r:.60} and {no!r:.60}"
        )
    pairs = zip(tree.leaves(yes), tree.leaves(no), strict=True)
    return tree.rebuild(yes, iter([_one_of(pred, *pair, who) for pair in pairs]))


def _nothing(leaf: Any) -> None:
    return None


def _one_of(pred: Tensor, yes: Any, no: Any, who: str) -> Any:
    if yes is no:
        return yes
    one, other = ops.meet(yes, no)
    if one.shape != other.shape:
        raise ShapeError(
            f"{user_place()}: {who} must give tensors of one shape, got "
            f"{show(one.shape)} and {show(other.shape)}"
        )
    return ops.where(pred, one, other)
