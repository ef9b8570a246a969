"""A registry on loopback in the place of RDAP's bootstrap server."""

import json

import pytest

from ownership.http_server import HttpServer, Page


@pytest.fixture
def registry(monkeypatch):
    """Serve answers in the bootstrap server's place: `registry(answer)` starts one."""
    opened = []

    def serve(pages):
        server = HttpServer(pages if callable(pages) else lambda path: pages)
        server.__enter__()
        opened.append(server)
        monkeypatch.setattr("ipwhois.rdap.BOOTSTRAP_URL", server.url)
        return server

    yield serve
    for server in opened:
        server.__exit__(None, None, None)


def page(tree, **options):
    return Page(json.dumps(tree).encode(), headers=(("Content-Type", "application/rdap+json"),), **options)
