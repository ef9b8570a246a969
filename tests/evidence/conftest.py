"""A server that plays the public platforms."""

from collections.abc import Iterator

import pytest

from evidence.platforms.platform_server import PlatformServer


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with PlatformServer() as running:
        yield running
