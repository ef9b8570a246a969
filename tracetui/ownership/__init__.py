"""Looks up the AS, the name and the registration of addresses, in the background of a trace."""
