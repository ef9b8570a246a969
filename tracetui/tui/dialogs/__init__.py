"""What lies over the screen for a moment: questions, choices, texts to read."""
