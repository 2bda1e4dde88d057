"""The processor, and the compiling, caching and loading of machine code for it."""
