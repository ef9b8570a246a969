"""Assembles engine, look-ups and analysis into an investigation for the screen and the report command."""
