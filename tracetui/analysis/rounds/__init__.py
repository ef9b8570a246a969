"""Computes hops, figures and series of any stretch of the rounds that lanes keep."""
