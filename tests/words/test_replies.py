"""What a reply means, and how many hops it came back: in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.words import icmp_words, reply_meaning
from tracetui.words.return_path import hops_back, initial_ttl, return_path_words


@given(st.integers(0, 255))
def test_the_first_ttl_is_one_that_systems_use_and_not_below_what_arrived(ttl):
    assert initial_ttl(ttl) in {32, 64, 128, 255}
    assert initial_ttl(ttl) >= ttl
    assert hops_back(ttl) >= 1


@pytest.mark.parametrize(
    ("reply_ttl", "ttl", "words"),
    [
        ((64, 64), 1, "reply TTL 64: about 1 hop back, as many out"),
        ((251, 251), 5, "reply TTL 251: about 5 hops back, as many out"),
        ((247, 247), 5, "reply TTL 247: about 9 hops back, 5 out: the paths may differ"),
        ((250, 250), 5, "reply TTL 250: about 6 hops back, 5 out"),
        ((252, 252), 7, "reply TTL 252: about 4 hops back, 7 out: the paths may differ"),
        ((248, 252), 5, "reply TTL 248–252: about 4–8 hops back, 5 out"),
        ((240, 244), 5, "reply TTL 240–244: about 12–16 hops back, 5 out: the paths may differ"),
        ((64, 255), 1, "reply TTL 64–255: about 1 hop back, as many out"),
    ],
)
def test_the_way_back_in_words(reply_ttl, ttl, words):
    assert return_path_words(reply_ttl, ttl) == words


@pytest.mark.parametrize(("family", "icmp_type", "codes"), [(4, 3, range(16)), (6, 1, range(9))])
def test_every_code_that_has_a_name_has_a_meaning(family, icmp_type, codes):
    for code in codes:
        if icmp_words(icmp_type, code, family).startswith("port unreachable"):
            continue  # a kind of its own
        assert not icmp_words(icmp_type, code, family).startswith("unreachable"), code
        assert reply_meaning(f"unreachable_{code}", family), code


@pytest.mark.parametrize("label", ["unreachable_99", "unreachable_", "unreachable_None", "else", ""])
def test_what_is_not_known_has_no_meaning(label):
    assert reply_meaning(label, 4) == reply_meaning(label, 6) == ""
