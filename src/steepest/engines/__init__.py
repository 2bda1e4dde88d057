"""How a program runs: NumPy defines the meaning, machine code gives the speed."""
