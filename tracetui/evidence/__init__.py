"""Reads what others measured: traces by other tools, BGP routes, block registers; and checks services."""
