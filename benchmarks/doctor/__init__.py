"""How often the doctor finds and repairs faults: `python -m benchmarks.doctor`."""
