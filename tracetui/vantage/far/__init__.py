"""What runs at a vantage, from memory, with Python's standard library alone."""
