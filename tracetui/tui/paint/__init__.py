"""Painting of cells: styles, text that fits, rows and lines; knows no view."""
