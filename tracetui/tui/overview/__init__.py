"""The overview: a line per lane, sorted and filtered."""
