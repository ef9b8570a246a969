"""The survey view: how many of how many places stop in which AS, and all their paths."""
