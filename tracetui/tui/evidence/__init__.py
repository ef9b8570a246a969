"""The evidence view: findings, controls, addresses, block registers, sources, notes."""
