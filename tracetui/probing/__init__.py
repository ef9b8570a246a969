"""Sends probes on schedule, matches and counts replies: the engine, and the probers behind one interface."""
