"""Engines that run programs: NumPy, which defines the results, and machine code for the CPU."""
