"""Snapshot to path states and words: pure functions."""
