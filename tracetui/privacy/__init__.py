"""Hides where the user is, on the screen and in exports: the last step before anything is shown."""
