"""Finds the last activation before an output of a recorded model: softmax, sigmoid, relu, none.

It is read off the graph, so that it does not matter how the model is written. Depends on the graph.
"""

from __future__ import annotations

from steepest.program.graph import Node

_RESHAPES = ("reshape", "cast")


def ending_of(node: Node) -> str:
    """The last activation before an output; "other" where it is not among the known ones.

    >>> import steepest as st
    >>> graph = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))])
    >>> ending_of(graph.outputs[0])
    'softmax'
    """
    node = _before_reshapes(node)
    if node.op == "logistic":
        return "sigmoid"
    if softmax_input(node) is not None:
        return "softmax"
    if node.op == "maximum" and any(source.op == "constant" for source in node.inputs):
        return "relu"
    if node.op == "select" and node.inputs[0].op in ("less", "less_equal"):
        return "relu"
    terms = node.inputs if node.op == "add" else [node]
    is_affine = any(_before_reshapes(term).op == "matmul" for term in terms)
    return "linear" if is_affine else "other"


def softmax_input(node: Node) -> Node | None:
    """The input of a softmax, if the node is the output of one.

    >>> import steepest as st
    >>> softmax_input(st.trace(st.exp, [st.TensorSpec((None, 3))]).outputs[0]) is None
    True
    """
    node = _before_reshapes(node)
    if node.op != "divide" or node.inputs[0].op != "exp" or node.inputs[1].op != "sum":
        return None
    raised, total = node.inputs
    shifted = raised.inputs[0]
    if total.inputs[0] is not raised or shifted.op != "subtract":
        return None
    return _before_reshapes(shifted.inputs[0])


def _before_reshapes(node: Node) -> Node:
    while node.op in _RESHAPES:
        node = node.inputs[0]
    return node
