"""A recorded computation: the graph, the recorder, the grammar and the clean-up passes."""
