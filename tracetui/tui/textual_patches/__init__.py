"""Patches of Textual 8.2: each file names the fault upstream; a test fails once it is fixed there."""
