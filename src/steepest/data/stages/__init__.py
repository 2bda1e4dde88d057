"""The stages of a `Dataset`: sources, maps, batches, shuffles, joins."""
