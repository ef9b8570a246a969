"""The lines above and below the view."""
