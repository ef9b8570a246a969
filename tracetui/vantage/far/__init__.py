"""What runs at a vantage, from memory, with Python's standard library alone."""

from typing import Final

GREETING: Final = b"tracetui far end 1\n"
"""The line by which the other end knows that the program runs."""

MAX_LANES: Final = 64
"""Lanes that a far end traces, whatever it is asked."""
