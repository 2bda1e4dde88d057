"""Functions composed of the primitives of `core.ops`."""
