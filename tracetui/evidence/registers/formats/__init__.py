"""The formats of registers that are read, a module each, with its declaration `FORMAT`."""
