"""What the commands do, by what they are about."""
