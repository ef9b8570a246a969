"""A lane at two moments: what differs, beyond what chance explains."""
