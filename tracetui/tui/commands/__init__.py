"""The board's commands: table.py lists them; each is declared with its handler in another file."""
