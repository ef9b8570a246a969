"""No test here asks a registry of the internet: WHOIS goes to a closed port unless a test says where."""

import socket

import pytest

from ownership.rdap_server import registry  # noqa: F401  (a fixture)
from tracetui.ownership.whois import WhoisServers


@pytest.fixture
def closed_port():
    """Host and port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[:2]


@pytest.fixture(autouse=True)
def no_registries(monkeypatch, closed_port):
    """Take the default servers away."""
    monkeypatch.setattr("tracetui.ownership.whois.INTERNET", WhoisServers(closed_port, {}))
