"""Formats of traces, one per module; each declares `FORMAT`, or `FORMATS` for several of one family."""
