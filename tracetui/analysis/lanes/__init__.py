"""Reads one lane: its path state, since when, and what it shows; each lane by the same rules."""
