"""Places that trace for us: the connection to each, and the lanes that are counted here from what it tells."""
