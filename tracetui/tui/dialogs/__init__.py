"""Dialogs over the board: questions, choices, text to read."""
