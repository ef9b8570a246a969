"""What speaks for and against: findings, controls, addresses, sources, notes."""
