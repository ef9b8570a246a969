"""The terminal screen: the only room that imports Textual."""
