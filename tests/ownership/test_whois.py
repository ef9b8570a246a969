"""Registrations over WHOIS, by the client's real code from servers on loopback, right and wrong."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownership.http_server import HttpServer, Page
from ownership.whois_server import Said, WhoisServer
from tracetui.model import Registration, ResolutionError
from tracetui.ownership.registration_lookup import registration
from tracetui.ownership.whois import WhoisServers, ask_whois
from tracetui.ownership.whois_text import read_registration

RIPE_MANNER = b"""\
% This is a registry's own remark.

% Abuse contact for '9.0.0.0 - 9.0.255.255' is 'abuse@example.net'

inetnum:        9.0.0.0 - 9.0.255.255
netname:        EXAMPLE-NET
descr:          not the holder's name
descr:          second line
country:        zz
org:            ORG-EX1-TEST
created:        2001-02-03T00:00:00Z
last-modified:  2024-05-06T07:08:09Z
source:         TEST

organisation:   ORG-OTHER-TEST
org-name:       Somebody Else

organisation:   ORG-EX1-TEST
org-name:       Example \x1b[31mHolder
abuse-mailbox:  abuse@example.net
abuse-mailbox:  second@example.net

route:          9.0.0.0/16
origin:         AS64500
"""

ARIN_MANNER = b"""\
#
# remarks
#

NetRange:       9.0.0.0 - 9.255.255.255
CIDR:           9.0.0.0/8
NetName:        WIDE
Organization:   Wide Carrier (WIDE)
RegDate:        1990-01-01
Updated:        1991-01-01

OrgName:        Wide Carrier
OrgId:          WIDE
Country:        US

OrgAbuseHandle: A1
OrgAbuseEmail:  abuse@wide.example

NetRange:       9.0.0.0 - 9.0.0.255
NetName:        SMALL
Organization:   Small Customer (SMALL)
RegDate:        2001-02-03
Updated:        2024-05-06

OrgName:        Small Customer
Country:        CA
"""

LACNIC_MANNER = b"""\
% remarks

inetnum:     9.0/16
status:      allocated
owner:       Dono Exemplo
ownerid:     BR-EXEM-LACNIC
country:     BR
abuse-c:     ABC
created:     20010203
changed:     20240506

nic-hdl:     OTHER
e-mail:      other@example.net

nic-hdl:     ABC
e-mail:      queixas@example.net
"""

RIPE, ARIN = "whois.ripe.net", "whois.arin.net"


def refer(name):
    return Said(
        f"% IANA WHOIS server\n\nrefer:        {name}\n\ninetnum:  9.0.0.0 - 9.255.255.255\n".encode()
    )


@pytest.fixture
def servers():
    """Start a server that sends on to `first`, and registries by name; return them and their questions."""
    opened = []

    def start(first, answers, **others):
        asked = []

        def serve(answer):
            server = WhoisServer(answer if callable(answer) else lambda question: answer, asked)
            opened.append(server.__enter__())
            return server.place

        iana = serve(first if isinstance(first, Said) else refer(first))
        registries = {name: serve(answer) for name, answer in answers.items()}
        return WhoisServers(iana, {**registries, **others}), asked

    yield start
    for server in opened:
        server.__exit__(None, None, None)


def test_what_a_registry_says(servers):
    places, asked = servers(RIPE, {RIPE: Said(RIPE_MANNER)})
    assert ask_whois("9.0.0.1", 5, places) == Registration(
        address="9.0.0.1",
        holder="Example �[31mHolder",
        network="EXAMPLE-NET",
        range="9.0.0.0 - 9.0.255.255",
        prefixes=("9.0.0.0/16",),
        country="ZZ",
        abuse=("abuse@example.net", "second@example.net"),
        registered="2001-02-03",
        changed="2024-05-06",
        source="whois.ripe.net, port 43",
    )
    assert asked == ["9.0.0.1", "9.0.0.1"]


def test_arins_manner_and_the_smallest_network(servers):
    places, asked = servers(ARIN, {ARIN: Said(ARIN_MANNER)})
    found = ask_whois("9.0.0.1", 5, places)
    assert (found.holder, found.network, found.country) == ("Small Customer", "SMALL", "CA")
    assert (found.range, found.prefixes) == ("9.0.0.0 - 9.0.0.255", ("9.0.0.0/24",))
    assert (found.registered, found.changed) == ("2001-02-03", "2024-05-06")
    assert found.abuse == ("abuse@wide.example",)
    assert asked == ["9.0.0.1", "n + 9.0.0.1"]
    assert ask_whois("9.7.0.1", 5, places).holder == "Wide Carrier"


def test_lacnics_manner():
    found = read_registration(LACNIC_MANNER.decode(), "9.0.0.1", "x")
    assert (found.holder, found.network, found.country) == ("Dono Exemplo", "BR-EXEM-LACNIC", "BR")
    assert (found.range, found.registered, found.changed) == (
        "9.0.0.0 - 9.0.255.255",
        "2001-02-03",
        "2024-05-06",
    )
    assert found.abuse == ("queixas@example.net",)


def test_ipv6(servers):
    text = b"inet6num:  2600:1::/32\nnetname:  SIX\norg:  ORG-NONE\n"
    places, _ = servers(RIPE, {RIPE: Said(text)})
    found = ask_whois("2600:1::1", 5, places)
    assert (found.holder, found.prefixes, found.abuse) == ("SIX", ("2600:1::/32",), ())


def test_a_registry_sends_on_to_another_and_nobody_to_a_stranger(servers):
    moved = Said(b"NetRange: 9.0.0.0 - 9.255.255.255\nReferralServer:  whois://whois.ripe.net:43\n")
    places, asked = servers(ARIN, {ARIN: moved, RIPE: Said(RIPE_MANNER)})
    assert ask_whois("9.0.0.1", 5, places).network == "EXAMPLE-NET"
    assert asked == ["9.0.0.1", "n + 9.0.0.1", "9.0.0.1"]
    places, asked = servers("127.0.0.1", {RIPE: Said(RIPE_MANNER)})
    with pytest.raises(ResolutionError, match="no registry is responsible"):
        ask_whois("9.0.0.1", 5, places)
    assert asked == ["9.0.0.1"]


def test_registries_that_send_each_other_end(servers):
    there = Said(b"refer: whois.ripe.net\n")
    places, asked = servers(RIPE, {RIPE: Said(b"refer: whois.arin.net\n"), ARIN: there})
    with pytest.raises(ResolutionError, match="malformed answer"):
        ask_whois("9.0.0.1", 5, places)
    assert len(asked) <= 4


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(), "malformed answer"),
        (Said(b"\xff\xfe\x00\x80" * 500), "malformed answer"),
        (Said(b"<html>blocked by your provider</html>\n"), "malformed answer"),
        (Said(b"a" * (1 << 20)), "malformed answer"),
        (Said(b":\n" * 100_000), "malformed answer"),
        (Said(b"inetnum: 9.0.0.0 - x\n"), "malformed answer"),
        (Said(b"inetnum: 9.255.0.0 - 9.0.0.0\n"), "malformed answer"),
        (Said(b"inetnum: 10.0.0.0 - 10.255.255.255\nnetname: NOT-ASKED\n"), "malformed answer"),
        (Said(b"inetnum: 9.0.0.0 - 9.0.25"), "malformed answer"),  # cut off within the range
        (Said(b"inetnum: 0.0.0.0 - 255.255.255.255\nnetname: IANA-BLK\n"), "malformed answer"),
        (Said(b"inetnum: 2600::/16\n"), "malformed answer"),
        (Said(b"%ERROR:101: no entries found\n"), "has no such network"),
        (Said(b"No match found for n + 9.0.0.1.\n"), "has no such network"),
        (Said(b"%ERROR:201: access denied for 192.0.2.1\n"), "asked too often"),
        (Said(b"inetnum: 9.0.0.0 - 9.0", reset=True), "port"),
    ],
)
def test_each_failure_is_one_line(servers, said, words):
    places, _ = servers(RIPE, {RIPE: said})
    with pytest.raises(ResolutionError, match=words) as caught:
        ask_whois("9.0.0.1", 5, places)
    assert "\n" not in str(caught.value)


def test_an_answer_that_is_cut_off_loses_its_last_line_only(servers):
    cut = RIPE_MANNER[: RIPE_MANNER.index(b"2024") + 3]
    places, _ = servers(RIPE, {RIPE: Said(cut)})
    found = ask_whois("9.0.0.1", 5, places)
    assert (found.network, found.registered, found.changed) == ("EXAMPLE-NET", "2001-02-03", "")
    assert found.holder == "not the holder's name"


def test_a_port_that_is_closed_or_silent(servers, closed_port):
    with pytest.raises(ResolutionError, match=r"port \d+: .*refused"):
        ask_whois("9.0.0.1", 5, WhoisServers(closed_port, {}))
    gate = threading.Event()
    places, _ = servers(RIPE, {RIPE: Said(RIPE_MANNER, held=gate)})
    with pytest.raises(ResolutionError, match="does not answer in time"):
        ask_whois("9.0.0.1", 0.2, places)
    gate.set()


def test_a_server_that_never_ends_is_heard_no_longer_than_is_sensible(servers):
    places, _ = servers(RIPE, {RIPE: Said(RIPE_MANNER, drip=True)})
    assert ask_whois("9.0.0.1", 20, places).network == "EXAMPLE-NET"


@pytest.mark.parametrize(
    "text", ["x: a@b.c" + " a" * 30_000, "abuse-mailbox: " + "a" * 60_000, "% Abuse contact for '" * 9000]
)
def test_no_text_keeps_the_parser_busy(text):
    """It runs where it can hold up the whole process: one that goes back and forth would not end today."""
    assert read_registration(f"inetnum: 9.0.0.0/8\n{text}\n{text}", "9.0.0.1", "x").abuse == ()


@given(st.text(), st.sampled_from(["9.0.0.1", "2600::1"]))
def test_any_text_is_read_or_refused(text, address):
    read_registration(text, address, "x")
    read_registration(f"inetnum: {text}\n{text}: {text}\n", address, "x")


# RDAP first, then WHOIS


@pytest.fixture
def internet(servers, monkeypatch):
    """RDAP answers with a page, WHOIS with a text."""
    opened = []

    def start(page, said):
        server = HttpServer(lambda path: page)
        opened.append(server.__enter__())
        monkeypatch.setattr("ipwhois.rdap.BOOTSTRAP_URL", server.url)
        places, asked = servers(RIPE, {RIPE: said})
        monkeypatch.setattr("tracetui.ownership.whois.INTERNET", places)
        return server, asked

    yield start
    for server in opened:
        server.__exit__(None, None, None)


@pytest.mark.parametrize("page", [Page(status=500), Page(b"<html>blocked</html>"), Page(b"{}"), Page(b"[1]")])
def test_where_rdap_gives_no_answer_whois_does(internet, page):
    internet(page, Said(RIPE_MANNER))
    found = registration("9.0.0.1")
    assert (found.network, found.source) == ("EXAMPLE-NET", "whois.ripe.net, port 43")


def test_where_https_is_refused_whois_answers(internet, monkeypatch, closed_port):
    internet(Page(), Said(RIPE_MANNER))
    monkeypatch.setattr("ipwhois.rdap.BOOTSTRAP_URL", f"http://{closed_port[0]}:{closed_port[1]}")
    assert registration("9.0.0.1").network == "EXAMPLE-NET"


def test_where_https_is_swallowed_whois_has_its_share_of_the_time(internet):
    gate = threading.Event()
    internet(Page(held=gate), Said(RIPE_MANNER))
    assert registration("9.0.0.1", timeout_s=3).network == "EXAMPLE-NET"
    gate.set()


def test_where_neither_answers_both_reasons_are_in_one_line(internet):
    internet(Page(status=500), Said(b"%ERROR:201: access denied\n"))
    with pytest.raises(ResolutionError) as caught:
        registration("9.0.0.1")
    assert str(caught.value).startswith("9.0.0.1: no answer from RDAP (")
    assert "nor WHOIS (whois.ripe.net refuses for now: asked too often)" in str(caught.value)


@pytest.mark.parametrize("page", [Page(status=404), Page(status=429)])
def test_a_registry_that_refuses_is_not_asked_another_way(internet, page):
    _, asked = internet(page, Said(RIPE_MANNER))
    with pytest.raises(ResolutionError, match=r"^9.0.0.1: the registry"):
        registration("9.0.0.1")
    assert asked == []
