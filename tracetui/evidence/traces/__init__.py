"""Reads the output of other trace tools, recognised by its content, into `ImportedTrace` values."""
