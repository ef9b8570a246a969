"""What trying a command once tells."""

import subprocess
import sys
from pathlib import Path

from tracetui.model import ProbeProtocol
from tracetui.vantage.command_works import command_works
from tracetui.vantage.trace_command import own_command

ROUTER = Path(__file__).with_name("fake_router.py")


def test_one_try_for_each_protocol():
    command = own_command([sys.executable, str(ROUTER), "ios", "{address}", "{protocol}"], None)
    tries = {one.protocol: one for one in command_works(command, "203.0.113.7", timeout_s=30)}
    assert list(tries) == [ProbeProtocol.ICMP, ProbeProtocol.TCP, ProbeProtocol.UDP]
    assert tries[ProbeProtocol.UDP].trace is not None
    assert len(tries[ProbeProtocol.UDP].trace.hops) == 3
    assert tries[ProbeProtocol.TCP].trace is None
    assert "it probes with UDP" in tries[ProbeProtocol.TCP].problem


def test_vantage_test_runs_the_command_once(tmp_path):
    file = tmp_path / "config.toml"
    for style, status in (("ios", 0), ("refused", 2)):
        file.write_text(f'[vantage.r1]\ncommand = "{sys.executable} {ROUTER} {style} {{address}}"\n')
        words = [sys.executable, "-P", "-m", "tracetui", "vantage", "test", "--config", str(file), "r1"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.stdout.startswith("r1: UDP: ")
        assert (done.returncode != 0) == (status != 0)
