"""The board: hops side by side, a panel an endpoint."""
