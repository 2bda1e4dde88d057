"""The loop form of a program: its grammar, its meaning and its costs."""
