"""Says what traces show: states of lanes, AS paths, findings and their evidence; in facts, not in words."""
