"""Connects to services as a client would (SMTP, TLS, HTTP, DNS), and says what answered."""
