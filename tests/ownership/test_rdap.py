"""Registrations, by the client's real code from a server on loopback that is no better than a registry's."""

import threading
from typing import Any

import pytest

from ownership.http_server import Page
from ownership.rdap_server import page
from tracetui.model import Registration, ResolutionError
from tracetui.ownership.registration_lookup import RegistrationLookups, registration

NETWORK = {
    "objectClassName": "ip network",
    "handle": "NET-9-0-0-0-1",
    "startAddress": "9.0.0.0",
    "endAddress": "9.0.255.255",
    "ipVersion": "v4",
    "name": "EXAMPLE-NET",
    "type": "ALLOCATED PA",
    "country": "ZZ",
    "events": [
        {"eventAction": "registration", "eventDate": "2001-02-03T00:00:00Z"},
        {"eventAction": "last changed", "eventDate": "2024-05-06T07:08:09Z"},
    ],
    "entities": [
        {
            "handle": "ORG-1",
            "roles": ["registrant"],
            "vcardArray": [
                "vcard",
                [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example \x1b[31mHolder"]],
            ],
            "entities": [
                {
                    "handle": "ABUSE-1",
                    "roles": ["abuse"],
                    "vcardArray": [
                        "vcard",
                        [["fn", {}, "text", "Abuse"], ["email", {}, "text", "abuse@example.net"]],
                    ],
                }
            ],
        },
        {"handle": "NOC-1", "roles": ["technical"]},
    ],
}


def test_what_a_registry_says(registry):
    server = registry(page(NETWORK))
    assert registration("9.0.0.1") == Registration(
        address="9.0.0.1",
        holder="Example �[31mHolder",
        network="EXAMPLE-NET",
        range="9.0.0.0 - 9.0.255.255",
        prefixes=("9.0.0.0/16",),
        country="ZZ",
        abuse=("abuse@example.net",),
        registered="2001-02-03",
        changed="2024-05-06",
        source="127.0.0.1",
    )
    assert server.asked == ["/ip/9.0.0.1"]  # one question, not one a contact


def test_the_bootstrap_server_sends_on(registry):
    def pages(path):
        if path.startswith("/ip/"):
            return Page(status=302, headers=(("Location", path.replace("/ip/", "/there/")),))
        return page(NETWORK)

    registry(pages)
    assert registration("9.0.0.1").network == "EXAMPLE-NET"


def test_a_network_that_says_little(registry):
    registry(page({"handle": "N", "startAddress": "2600::", "endAddress": "2600::ffff", "ipVersion": "v6"}))
    found = registration("2600::1")
    assert (found.holder, found.abuse, found.registered) == ("", (), "")
    assert found.prefixes == ("2600::/112",)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Page(status=404), "has no such network"),
        (Page(status=500), "no answer from RDAP"),
        (Page(status=429), "asked too often"),
        (page({"notices": [{"title": "Rate Limit Notice"}]}), "asked too often"),
        (Page(b"<html>sorry</html>"), "no answer from RDAP"),
        (Page(b"\xff\xfe\x00"), "no answer from RDAP"),
        (page([1, 2, 3]), "9.0.0.1: "),
        (page({}), "9.0.0.1: "),
        (page({**NETWORK, "startAddress": "x"}), "9.0.0.1: "),
    ],
)
def test_each_failure_is_one_line(registry, answer, words):
    registry(answer)
    with pytest.raises(ResolutionError) as caught:
        registration("9.0.0.1")
    assert words in str(caught.value)
    assert str(caught.value).startswith("9.0.0.1: ")
    assert "\n" not in str(caught.value)


def test_contacts_of_any_shape_are_survived(registry):
    contact = {
        "handle": "X",
        "roles": ["abuse"],
        "vcardArray": ["vcard", [[], 5, ["email"], ["email", {}, "text", 7]]],
    }
    deep: dict[str, Any] = {**contact}
    for _ in range(50):
        deep = {"handle": "Y", "vcardArray": ["vcard", []], "entities": [deep, None]}
    registry(page({**NETWORK, "entities": [deep]}))
    assert registration("9.0.0.1").abuse == ()


def test_a_registry_that_keeps_us_waiting_is_left_behind(registry):
    gate = threading.Event()
    registry(Page(held=gate))
    with pytest.raises(ResolutionError, match=r"^9.0.0.1: no answer from RDAP"):
        registration("9.0.0.1", timeout_s=0.2)
    gate.set()


@pytest.mark.parametrize("address", ["10.0.0.1", "192.0.2.1", "fe80::1", "192.88.99.1"])
def test_nobody_is_asked_about_special_addresses(registry, address):
    server = registry(page(NETWORK))
    with pytest.raises(ResolutionError, match="no registration to ask for, it is"):
        registration(address)
    assert server.asked == []


def test_in_the_background_each_is_asked_once_and_failures_again(registry):
    gate = threading.Event()
    answers = {"/ip/9.0.0.1": page(NETWORK, held=gate), "/ip/9.0.0.2": Page(status=500)}
    server = registry(lambda path: answers[path])
    registrations = RegistrationLookups()
    for _ in range(3):
        registrations.ask("9.0.0.1")
    assert registrations.answers() == {"9.0.0.1": None}
    gate.set()
    registrations.ask("9.0.0.2")
    wait_for(registrations, "9.0.0.2")
    assert registrations.answers()["9.0.0.1"].network == "EXAMPLE-NET"
    assert "no answer" in str(registrations.answers()["9.0.0.2"])
    answers["/ip/9.0.0.2"] = page(NETWORK)
    registrations.ask("9.0.0.2")
    registrations.ask("9.0.0.1")
    wait_for(registrations, "9.0.0.2")
    assert registrations.answers()["9.0.0.2"].network == "EXAMPLE-NET"
    assert server.asked == ["/ip/9.0.0.1", "/ip/9.0.0.2", "/ip/9.0.0.2"]
    registrations.close()
    registrations.ask("9.0.0.3")
    assert "9.0.0.3" not in registrations.answers()


def wait_for(registrations, address):
    waited = threading.Event()
    for _ in range(2000):
        if registrations.answers()[address] is not None:
            return
        waited.wait(0.005)
    raise AssertionError("no answer arrived")
