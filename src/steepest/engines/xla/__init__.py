"""The XLA engine: programs compiled by JAX for processors, GPUs and TPUs."""
