"""The stages of a Dataset: sources, functions of elements, order, batches, joins, buffers."""
