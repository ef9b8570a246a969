"""Files of the user: read within limits, written as their owner."""
