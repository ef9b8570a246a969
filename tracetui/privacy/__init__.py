"""Hides where the user sits, on the screen and in exports: the last step before anything is shown."""
