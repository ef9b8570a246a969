"""Whatever the scenario, what comes back is what scapy takes for a correct packet."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.internet import CHAIN, HOST, OTHER, ROUTERS, answers, echo, scenario, syn
from tracetui.simulation.scenario import Action, Scenario

ROUTER_NAMES = ["r1", "r2", "r3"]


@st.composite
def policies(draw: st.DrawFn) -> str:
    action = draw(st.sampled_from(list(Action)))
    at = draw(st.sampled_from(ROUTER_NAMES))
    lines = [f'at = "{at}"', f'action = "{action.value}"']
    if action is Action.LOOP:
        others = [name for name in ROUTER_NAMES if name != at]
        lines.append(
            f"neighbour = {json.dumps(draw(st.lists(st.sampled_from(others), min_size=1, max_size=3)))}"
        )
    if action is Action.REJECT:
        lines.append(f"code = {draw(st.integers(0, 15))}")
    if action in (Action.RESET, Action.ANSWER):
        lines.append(f"initial_ttl = {draw(st.integers(1, 255))}")
        lines.append(f"passes = {json.dumps(draw(st.booleans()))}")
    if action in (Action.DROP, Action.REJECT, Action.RESET, Action.ANSWER):
        lines.append(f"before_ttl = {json.dumps(draw(st.booleans()))}")
    if draw(st.booleans()) and action is not Action.RESET:
        lines.append(f'protocol = "{draw(st.sampled_from(["tcp", "icmp"]))}"')
    return "[[policy]]\n" + "\n".join(lines) + "\n"


@st.composite
def internets(draw: st.DrawFn) -> Scenario:
    text = CHAIN
    for name, family4, family6 in zip(ROUTER_NAMES, ROUTERS[4], ROUTERS[6], strict=True):
        labels = draw(st.lists(st.integers(0, 2**20 - 1), max_size=4))
        quote = draw(st.none() | st.integers(8, 200))
        table = f'address = ["{family4}", "{family6}"], mpls = {labels}'
        table += f", initial_ttl = {draw(st.integers(1, 255))}, return_hops = {draw(st.integers(0, 9))}"
        table += f", quote = {quote}" if quote else ""
        text = text.replace(f'{name} = ["{family4}", "{family6}"]', f"{name} = {{ {table} }}")
    return scenario(text + "".join(draw(st.lists(policies(), max_size=3))))


def probes() -> st.SearchStrategy[bytes]:
    targets = st.sampled_from([*HOST.values(), *OTHER.values(), *ROUTERS[4], *ROUTERS[6], "10.99.0.1"])
    ttls = st.integers(1, 255)
    ports = st.sampled_from([23, 25, 80, 443])
    return st.one_of(
        st.builds(echo, targets, ttls),
        st.builds(lambda to, ttl, port: syn(to, ttl, port=port), targets, ttls, ports),
    )


@settings(max_examples=300, deadline=None)
@given(made=internets(), probe=probes())
def test_answers_are_packets_that_scapy_would_have_built(made, probe):
    from scapy.layers.inet import ICMP, IP, TCP
    from scapy.layers.inet6 import IPv6

    for arrival in answers(made, probe):
        packet = arrival.packet()
        read = IP(packet) if packet[0] >> 4 == 4 else IPv6(packet)
        assert read.dst == (IP(probe).src if packet[0] >> 4 == 4 else IPv6(probe).src)
        assert (read.ttl if packet[0] >> 4 == 4 else read.hlim) == arrival.ttl
        rebuilt = read.copy()
        for layer in (rebuilt, rebuilt.payload):
            for field in ("chksum", "cksum", "len", "plen"):
                if layer.name not in {"IP in ICMP", "TCP in ICMP"} and field in layer.fields:
                    del layer.fields[field]
        assert bytes(rebuilt) == packet, read.show2(dump=True)
        assert read.haslayer(TCP) or read.haslayer(ICMP) or read.nh == 58


@settings(max_examples=100, deadline=None)
@given(labels=st.lists(st.integers(0, 2**20 - 1), min_size=1, max_size=5))
def test_scapy_reads_the_labels(labels):
    from scapy.contrib.mpls import MPLS, ICMPExtension_MPLS
    from scapy.layers.inet import IP

    table = f'r1 = {{ address = "10.0.1.1", mpls = {labels} }}'
    made = scenario(CHAIN.replace('r1 = ["10.0.1.1", "2001:db8:1::1"]', table))
    (arrival,) = answers(made, echo(HOST[4], 1))
    read = IP(arrival.packet())
    assert ICMPExtension_MPLS in read
    entry, seen = read[ICMPExtension_MPLS].stack[0], []
    while isinstance(entry, MPLS):
        seen.append((entry.label, entry.s))
        entry = entry.payload
    assert seen == [(label, int(index == len(labels) - 1)) for index, label in enumerate(labels)]
