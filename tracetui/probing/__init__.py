"""The engine: schedule, send, match, time out; probers behind one Protocol."""
