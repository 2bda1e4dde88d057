"""How the outputs of a recorded model end: in a softmax, a sigmoid, a relu, or in plain numbers.

Read off the graph, so that it holds for every way to write a model. Leans on the graph alone.
"""

from __future__ import annotations

from steepest.program.graph import Node

_FORMS = ("reshape", "cast")


def ending_of(node: Node) -> str:
    """The last activation before an output; "other" where it is none of those known.

    >>> import steepest as st
    >>> graph = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))])
    >>> ending_of(graph.outputs[0])
    'softmax'
    """
    node = _beneath_forms(node)
    if node.op == "logistic":
        return "sigmoid"
    if softmax_input(node) is not None:
        return "softmax"
    if _is_relu(node):
        return "relu"
    return "linear" if _is_affine(node) else "other"


def softmax_input(node: Node) -> Node | None:
    """What a softmax is taken of, if the node is one.

    >>> import steepest as st
    >>> softmax_input(st.trace(st.exp, [st.TensorSpec((None, 3))]).outputs[0]) is None
    True
    """
    node = _beneath_forms(node)
    if node.op != "divide" or node.inputs[0].op != "exp" or node.inputs[1].op != "sum":
        return None
    raised, total = node.inputs
    shifted = raised.inputs[0]
    if total.inputs[0] is not raised or shifted.op != "subtract":
        return None
    return _beneath_forms(shifted.inputs[0])


def _beneath_forms(node: Node) -> Node:
    while node.op in _FORMS:
        node = node.inputs[0]
    return node


def _is_relu(node: Node) -> bool:
    if node.op == "maximum":
        return any(source.op == "constant" for source in node.inputs)
    return node.op == "select" and node.inputs[0].op in ("less", "less_equal")


def _is_affine(node: Node) -> bool:
    if node.op == "add":
        return any(_beneath_forms(source).op == "matmul" for source in node.inputs)
    return node.op == "matmul"
