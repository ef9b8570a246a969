"""Letters of ASes: in the order of the path, whatever is known first."""

from tracetui.analysis.lanes.responders import Responders
from tracetui.investigation.as_tags import AsTags
from tracetui.model import Attribution, Hop, Lane, LaneTrace, ProbeProtocol, Responder

ENDPOINT = "203.0.113.80"


def trace(*addresses, rounds=1):
    lane = Lane("x", "x", ENDPOINT, ProbeProtocol.ICMP, None)
    hops = tuple(
        Hop(ttl, 1, 1, 0, 0, None, (), (Responder(address, 1, {}, None, (), 0),), address)
        for ttl, address in enumerate(addresses, start=1)
    )
    return LaneTrace(lane, 1, 0, rounds, hops, ())


def owner(asn):
    return Attribution((asn,), f"holder {asn}", None, "t")


def see(tags, lane, owners):
    traces = {lane.lane.id: lane}
    tags.see(traces, owners, Responders().update(traces))


def letters(tags):
    return {system.asn: system.tag for system in tags.systems}


def test_the_endpoints_as_waits_for_the_hops_before_it():
    tags, lane = AsTags(), trace("192.0.2.1", "192.0.2.2", ENDPOINT)
    known = {ENDPOINT: owner(19905)}
    see(tags, lane, known)
    assert letters(tags) == {}
    known["192.0.2.1"] = owner(57681)
    see(tags, lane, known)
    assert letters(tags) == {57681: "A"}
    known["192.0.2.2"] = owner(8359)
    see(tags, lane, known)
    assert letters(tags) == {57681: "A", 8359: "B", 19905: "C"}


def test_a_look_up_that_takes_long_holds_up_no_other_hop():
    tags, lane = AsTags(), trace("192.0.2.1", "192.0.2.2", "192.0.2.3")
    see(tags, lane, {"192.0.2.1": owner(57681), "192.0.2.3": owner(22822)})
    assert letters(tags) == {57681: "A", 22822: "B"}


def test_a_path_without_replies_shows_the_endpoints_as_after_its_first_round():
    tags = AsTags()
    see(tags, trace(rounds=0), {ENDPOINT: owner(19905)})
    assert letters(tags) == {}
    see(tags, trace(rounds=1), {ENDPOINT: owner(19905)})
    assert letters(tags) == {19905: "A"}
