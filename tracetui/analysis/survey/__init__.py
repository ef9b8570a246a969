"""Many traces from many places: how many of how many stop in which AS, and what that shows."""
