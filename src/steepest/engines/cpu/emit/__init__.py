"""Emits the loop form as LLVM text; the entry is `emit_module` of program.py."""
