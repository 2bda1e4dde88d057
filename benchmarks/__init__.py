"""Benchmark of steepest against other libraries on the same tasks: `python -m benchmarks --help`.

This package requires only NumPy; each peer is imported only inside its own process.
"""
