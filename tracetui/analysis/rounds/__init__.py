"""Merges and follows the rounds of lanes: hops, figures and series of any stretch of time."""
