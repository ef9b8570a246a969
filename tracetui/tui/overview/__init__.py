"""The overview: a line a lane, sorted and filtered."""
