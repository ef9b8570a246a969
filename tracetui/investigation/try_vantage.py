"""Connects to a vantage once, to see what it can do; nothing is traced."""

import time
from typing import Final

from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.vantage.vantage_engine import VantageEngine

PATIENCE_S: Final = 45.0
_CLOCKS_S: Final = 1.5
"""Time for some pings: the shortest round trip counts."""

_LOOK_EVERY_S: Final = 0.05


def try_vantage(engine: VantageEngine) -> RemoteVantage:
    """Return the vantage as it stands once it is connected and its clock is known, or has failed."""
    engine.start()
    end_s = time.monotonic() + PATIENCE_S
    try:
        while time.monotonic() < end_s and engine.published.vantage.state is ConnectionState.CONNECTING:
            time.sleep(_LOOK_EVERY_S)
        clocks_s = min(end_s, time.monotonic() + _CLOCKS_S)
        while time.monotonic() < clocks_s and engine.published.vantage.state is ConnectionState.CONNECTED:
            time.sleep(_LOOK_EVERY_S)
        return engine.published.vantage
    finally:
        engine.close()
