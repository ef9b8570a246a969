"""Public vantages whose platforms are a server on loopback."""

from evidence.platforms.platform_server import KEY, PlatformServer
from tracetui.evidence.platforms.atlas_key import AtlasKey
from tracetui.evidence.platforms.globalping import Globalping
from tracetui.evidence.platforms.ripe_atlas import RipeAtlas
from tracetui.investigation.public_vantages import PublicVantages


def local_platforms(server: PlatformServer, key: str | None = KEY, every_s: float = 0.01) -> PublicVantages:
    """Return public vantages that ask `server`, often."""
    return PublicVantages(
        key=lambda: None if key is None else AtlasKey(key),
        globalping=lambda: Globalping(server.globalping_url, 5, 5, every_s),
        atlas=lambda found: RipeAtlas(found, server.atlas_url, 5, 5, every_s),
    )
