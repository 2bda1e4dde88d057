"""The same work on steepest and on its peers, in one run: `python -m benchmarks --help`.

This package leans on NumPy alone; each peer is imported only inside its own process.
"""
