"""Recorded computations: the graph, the recorder, the checks of a graph and the clean-up passes."""
