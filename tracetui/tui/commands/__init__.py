"""The board's commands: `table.py` declares each with its handler, the other files hold the handlers."""
