"""Reads block registers of many formats and tells which of their entries name an endpoint."""
