"""Formats of block registers, one per module; each declares `FORMAT`."""
