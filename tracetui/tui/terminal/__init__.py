"""What the terminal shows, cell by cell, and the shortest way to have it show something else."""
