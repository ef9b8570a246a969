"""How cells get their characters and colours; no room here knows a snapshot's meaning."""
