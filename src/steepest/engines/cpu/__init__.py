"""Machine code for this processor: from a graph to phases, kernels, LLVM and threads."""
