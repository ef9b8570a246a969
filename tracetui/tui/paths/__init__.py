"""The AS paths view: the paths of all lanes, aligned by AS."""
