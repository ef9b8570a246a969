"""The formats of BGP routes in text and JSON, one in each file; each is found by itself."""
