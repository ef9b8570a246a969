"""Probes to bytes, bytes to replies: no sockets, no clock."""
