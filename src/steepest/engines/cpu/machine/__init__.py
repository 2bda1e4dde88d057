"""This processor: what it can do, and how machine code is compiled, cached and loaded for it."""
