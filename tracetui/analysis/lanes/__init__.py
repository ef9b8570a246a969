"""Reads one lane by the same rules everywhere: its path state, since when, and which hops it shows."""
