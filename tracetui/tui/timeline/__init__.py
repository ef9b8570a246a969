"""The timeline: state, loss and RTT of every lane over time."""
