"""What trying a command once tells."""

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
