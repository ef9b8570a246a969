"""Places that trace for us: the connection to each, and its lanes, counted here from what it tells."""
