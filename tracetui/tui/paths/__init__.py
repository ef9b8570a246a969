"""The AS paths of all lanes, aligned."""
