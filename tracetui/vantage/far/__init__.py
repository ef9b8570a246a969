"""What runs at a vantage, from memory, with Python's standard library alone."""

from typing import Final

GREETING: Final = b"tracetui far end 1\n"
"""The line by which the other end knows that the program runs."""

MAX_LANES: Final = 64
"""Lanes that a far end traces, whatever it is asked."""

MAX_BATCH: Final = 100
"""Probes in one batch, each counted as often as something became of it."""

MAX_FORMS: Final = 256
"""Forms of replies that both ends remember of a lane."""
