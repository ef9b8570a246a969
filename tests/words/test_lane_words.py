import pytest

from analysis.trace_text import ENDPOINT, ICMP, TCP, address, owner, snapshot, times, trace
from tracetui.analysis.as_path import as_path
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import Lane, LaneSnapshot, PathState, ProbeProtocol
from tracetui.words import as_words, headline, headline_short, icmp_words

OWNERS = {
    address("a"): owner(None, "private-use", special="private-use"),
    address("b"): owner(64502, "MTS"),
    address("c"): owner(64503, "Limelight"),
    address("n"): owner(64504, ""),
    ENDPOINT: owner(64510, "Neustar"),
}
FAR = trace(*times(5, "1 a, 2 b, 3 c, 4 d, 5 ECHO"), lane=ICMP)


def judged(*rounds, siblings=(), **options):
    own = trace(*rounds, **options)
    verdict = path_verdict(own, siblings)
    return LaneSnapshot(own, verdict, as_path(own, OWNERS, verdict))


V6 = Lane("mail.example", "mail.example", "2001:db8::80", ProbeProtocol.TCP, 25)
CASES = [
    (judged(*times(5, "1 a, 2 b, 3 SA")), "reached at hop 3 (SYN/ACK)", "reached 3 SYN/ACK"),
    (judged(*times(5, "1 a, 2 b, 3 RST")), "reached at hop 3 (RST: port closed)", "reached 3 RST"),
    (judged("1 a, 2 ECHO", lane=ICMP), "reached at hop 2 (echo reply)", "reached 2 echo reply"),
    (judged("1 a, 2 PU"), "reached at hop 2 (port unreachable: the host refuses)", "reached 2 port unr."),
    (judged(*times(5, "1 a, 2-6 *, 30 SA")), "reached (SYN/ACK)", "reached SYN/ACK"),
    (
        judged(*times(5, "1 a, 2 b, 3-7 *")),
        "silent after hop 2 · last reply from AS64502 MTS",
        "silent after 2",
    ),
    (judged(*times(5, "1 a, 2 n, 3-7 *")), "silent after hop 2 · last reply from AS64504", "silent after 2"),
    (
        judged(*times(5, "1 a, 2-7 *")),
        f"silent after hop 1 · last reply from {address('a')} (private-use)",
        "silent after 1",
    ),
    (
        judged(*times(5, "1 z, 2-7 *")),
        f"silent after hop 1 · last reply from {address('z')}",
        "silent after 1",
    ),
    (judged(*times(5, "1-30 *")), "nothing answers, not even the first hop", "nothing answers"),
    (
        judged("1 a, 2 b, 3 3/13:b"),
        "AS64502 MTS says administratively prohibited (3/13) at hop 2",
        "refused 3/13 at 2",
    ),
    (
        judged("1 a, 2 b, 3 1/1:b", lane=V6),
        "AS64502 MTS says administratively prohibited (1/1) at hop 2",
        "refused 1/1 at 2",
    ),
    (
        judged("1 a, 2 3/10:END"),
        "the endpoint itself says host administratively prohibited (3/10) at hop 2",
        "refused 3/10 at 2",
    ),
    (
        judged("1 a, 2 b, 3 c, 4 b, 5 c"),
        "loop between hops 2 and 3 · AS64502 MTS, AS64503 Limelight",
        "loop 2–3",
    ),
    (
        judged(*times(5, "1 a, 2 b, 3 c, 4 RST"), siblings=[FAR]),
        "RST from nearer than the endpoint, at hop 4",
        "RST early at 4",
    ),
    (
        judged(*times(5, "1 a, 2 b, 3 c, 4 SA"), siblings=[FAR]),
        "SYN/ACK from nearer than the endpoint, at hop 4",
        "SYN/ACK early at 4",
    ),
    (judged("", failure="Operation not permitted"), "cannot send: Operation not permitted", "cannot send"),
    (judged(*times(3, "1 a, 2-9 *")), "measuring, 3 of 5 rounds", "3 of 5 rounds"),
    (judged("1 a, 2-9 *", finished=True), "only 1 of 5 rounds", "1 of 5 rounds"),
    (judged(*times(5, "1 a, 2 b")), "goes on past hop 2, the last one probed", "no end found"),
    (
        judged("1 a, 2 SA", failure="Network is down"),
        "reached at hop 2 (SYN/ACK) · now cannot send: Network is down",
        "reached 2 SYN/ACK",
    ),
]


@pytest.mark.parametrize(("lane", "long", "short"), CASES)
def test_headlines(lane, long, short):
    assert headline(lane, snapshot(lane, owners=OWNERS)) == long
    assert headline_short(lane) == short
    assert len(short) <= 24


def test_every_state_has_a_case():
    assert {lane.verdict.state for lane, _, _ in CASES} == set(PathState)


def test_no_headline_judges():
    for _, long, _ in CASES:
        assert "censor" not in long
        assert "block" not in long


def test_shortest_words_fit_at_the_farthest_hop():
    lane = judged(*times(5, ", ".join([*(f"{ttl} *" for ttl in range(1, 255)), "255 ECHO"])), lane=ICMP)
    assert headline_short(lane) == "reached 255 echo reply"


@pytest.mark.parametrize(
    ("icmp_type", "code", "family", "words"),
    [
        (3, 0, 4, "network unreachable (3/0)"),
        (3, 1, 4, "host unreachable (3/1)"),
        (3, 9, 4, "network administratively prohibited (3/9)"),
        (3, 99, 4, "unreachable (3/99)"),
        (1, 0, 6, "no route to destination (1/0)"),
        (1, 3, 6, "address unreachable (1/3)"),
        (2, 0, 6, "packet too big (2/0)"),
        (None, None, 4, "unreachable (?/?)"),
    ],
)
def test_icmp_words(icmp_type, code, family, words):
    assert icmp_words(icmp_type, code, family) == words


def test_a_long_holder_is_cut():
    owners = {address("b"): owner(64502, "A" * 60)}
    assert as_words(address("b"), snapshot(owners=owners)) == f"AS64502 {'A' * 31}…"
    assert as_words(None, snapshot()) == "an unknown address"
    assert as_words(TCP.address, snapshot()) == TCP.address
