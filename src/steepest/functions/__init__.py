"""Functions composed of the primitives: what formulas are written in beside `core.ops`."""
