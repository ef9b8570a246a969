"""Formats of BGP routes in text and JSON, one per module; modules are discovered automatically."""
