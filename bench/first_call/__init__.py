"""The first call of a function after its start, at the processor share that Lambda gives it."""
