"""The board: hops side by side, one panel per endpoint."""
