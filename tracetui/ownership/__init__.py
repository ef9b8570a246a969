"""Address to AS and name: who owns a hop, by which source, how old. Nothing here delays a trace."""
