"""tracetui: find where the path to a host dies."""

__version__ = "0.2.0"
