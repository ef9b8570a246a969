"""The evidence view: findings, controls, addresses, sources, notes."""
