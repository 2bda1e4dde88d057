"""The loop form as LLVM text. See program.py for the entry."""
