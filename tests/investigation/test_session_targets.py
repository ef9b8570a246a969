"""The last session, brought back."""

from dataclasses import replace

from tracetui.config import Session, SessionTarget
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.session_targets import session_of, session_targets
from tracetui.model import ProbeProtocol, Role

BOTH = (ProbeProtocol.TCP, ProbeProtocol.ICMP)


def test_there_and_back():
    session = Session((SessionTarget("192.0.2.1", Role.CONTROL, "tcp/25,587"), SessionTarget("a")), BOTH)
    targets = session_targets(session, Settings())
    assert [(target.role, target.ports, target.protocols) for target in targets] == [
        (Role.CONTROL, (25, 587), (ProbeProtocol.TCP,)),
        (Role.SUSPECT, (443,), BOTH),
    ]
    assert session_targets(session_of(targets, Settings()), Settings()) == targets


def test_what_another_version_wrote_is_restored_as_far_as_it_can_be():
    session = Session(
        (SessionTarget("192.0.2.999"), SessionTarget("b", services="udp/53"), SessionTarget("c")), BOTH
    )
    told = []
    targets = session_targets(session, Settings(), narrate=told.append)
    assert [target.text for target in targets] == ["b", "c"]
    assert targets[0].protocols == BOTH
    assert len(told) == 2
    assert "192.0.2.999" in told[0]
    assert "udp/53" in told[1]


def test_the_source_of_one_target_alone_comes_back():
    target = replace(Settings().parse("a.example"), source="192.0.2.9")
    session = session_of([target], Settings())
    assert session.targets[0].source == "192.0.2.9"
    assert session_targets(session, Settings()) == [target]
