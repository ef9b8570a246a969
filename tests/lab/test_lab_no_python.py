"""An ssh host without a fitting Python: the tools found there trace, and the vantage says so."""

import json
import shutil

import pytest

from lab import eight_routers as eight
from lab.reports import path, report
from lab.ssh_servers import SshServers, script

pytestmark = [pytest.mark.lab, pytest.mark.slow]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (None, "no python3 there"),
        (["echo 'tracetui needs python 3.11, this is 3.9'", "exit 9"], "this is 3.9"),
    ],
    ids=["none", "3.9"],
)
def test_the_tools_found_there_are_used(eight_router_lab, tmp_path, lines, words):
    environment = eight_router_lab.world.environment
    if shutil.which("mtr", path=environment["PATH"]) is None:
        pytest.skip("mtr is not installed")
    python = "no-python-here" if lines is None else str(script(tmp_path / "python3", lines))
    with SshServers(eight_router_lab, tmp_path) as servers, servers.on_the_path():
        address = servers.serve("r2")
        file = tmp_path / "config.toml"
        file.write_text(
            f'[vantage.old]\nssh = "{address}"\npython = {json.dumps(python)}\nevery = 2\n', encoding="utf-8"
        )
        snapshot = report(
            eight_router_lab,
            *("--config", str(file), "--rounds", "5", "--interval", "1", "--timeout", "0.5", "--offline"),
            *("--max-hops", "10", "--via", "old", eight.REACHED),
        )
    (vantage,) = snapshot["vantages"]
    assert vantage["state"] == "connected"
    assert vantage["prober"] == "mtr"
    assert words in vantage["how"]
    lanes = {one["protocol"]: one for one in snapshot["lanes"] if one["via"] == "old"}
    assert set(lanes) == {"tcp", "icmp"}
    for lane in lanes.values():
        assert path(lane) == [*eight.HOP_ADDRESSES[2:], eight.REACHED]
        assert lane["imported"]["tool"] == "mtr"
