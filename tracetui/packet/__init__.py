"""Builds probes and decodes replies, as bytes: no sockets, no clock."""
