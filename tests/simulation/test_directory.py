"""What a scenario knows of its addresses and names, and how scenarios are found."""

import asyncio
from dataclasses import replace

import pytest

from simulation.internet import CHAIN, scenario
from tracetui.model import RecordedAs, ResolutionError, ScenarioError
from tracetui.simulation import catalogue
from tracetui.simulation.scenario_sources import ScenarioNames, ScenarioTable

MADE = scenario(
    """
    title = "t"
    source = { home = { address = "192.0.2.1", as = 64510, ptr = "me.example" } }
    paths = [["home", "r", "edge", "mx"], ["edge", "www"], ["edge", "www2"]]
    [router]
    r = { address = "10.1.0.1", as = 64500, reply_address = "10.2.0.77", ptr = "r.example" }
    edge = { address = "10.1.1.9" }
    [host]
    mx = { address = ["10.2.0.25", "2001:db8:2::25"], names = "mx.example.org" }
    www = { address = "10.2.0.80", names = ["www.example.org", "example.com"] }
    www2 = { address = "10.2.0.81", names = "www.example.org" }
    [as]
    64500 = { name = "One", prefixes = ["10.1.0.0/16"] }
    64501 = { name = "Two", prefixes = ["10.2.0.0/16", "10.1.1.0/24", "2001:db8:2::/48"] }
    64502 = { name = "Three", prefixes = ["10.2.0.0/16"] }
    [mx]
    "example.org" = ["mx.example.org", "example.com"]
    "silent.example" = []
    """
)


@pytest.mark.parametrize(
    ("address", "asns", "name", "prefix"),
    [
        ("10.1.0.1", (64500,), "One", "10.1.0.0/16"),
        ("10.1.1.9", (64501,), "Two", "10.1.1.0/24"),
        ("10.2.0.77", (64501, 64502), "Two", "10.2.0.0/16"),
        ("2001:db8:2::25", (64501,), "Two", "2001:db8:2::/48"),
        ("192.0.2.1", (64510,), "", None),
    ],
)
def test_the_longest_prefix_says_whose_an_address_is(address, asns, name, prefix):
    found = ScenarioTable(MADE).attribute(address)
    assert found is not None
    assert (found.asns, found.name, found.prefix, found.source) == (asns, name, prefix, "scenario")


def test_of_other_addresses_the_table_knows_nothing():
    assert ScenarioTable(MADE).attribute("10.9.0.1") is None
    assert ScenarioTable(MADE).attribute("2001:db8:9::1") is None


def test_a_replay_tells_what_was_recorded_of_each_address_that_has_an_as():
    assert ScenarioTable(MADE).recorded() == {}
    said = ScenarioTable(replace(MADE, recorded="2019-03")).recorded()
    assert said["10.2.0.77"] == RecordedAs((64501, 64502), "Two", "2019-03", "scenario")
    assert said["192.0.2.1"].asns == (64510,)
    bare = replace(MADE, recorded="2019-03", systems=())
    assert ScenarioTable(bare).recorded().keys() == {"10.1.0.1", "10.2.0.77", "192.0.2.1"}  # the nodes' own


def ask(question):
    return asyncio.run(question)


def test_names_have_addresses_of_each_family():
    names = ScenarioNames(MADE)
    assert ask(names.addresses("WWW.example.org.", 4)) == ["10.2.0.80", "10.2.0.81"]
    assert ask(names.addresses("mx.example.org", 6)) == ["2001:db8:2::25"]
    assert ask(names.addresses("www.example.org", 6)) == []


def test_mail_goes_to_the_exchangers_or_to_the_host_itself():
    names = ScenarioNames(MADE)
    assert list(ask(names.mail_exchangers("Example.org"))) == ["mx.example.org", "example.com"]
    assert list(ask(names.mail_exchangers("www.example.org"))) == ["www.example.org"]


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("addresses", ("ww.example.org", 4), "not a host of this scenario; did you mean 'www.example.org'"),
        (
            "mail_exchangers",
            ("exampl.org",),
            "not a mail domain of this scenario; did you mean 'example.org'",
        ),
        ("mail_exchangers", ("silent.example",), "takes no mail"),
    ],
)
def test_a_name_without_an_answer_says_so(method, arguments, message):
    with pytest.raises(ResolutionError, match=message):
        ask(getattr(ScenarioNames(MADE), method)(*arguments))


def test_pointers_are_the_files_and_for_hosts_their_names():
    names = ScenarioNames(MADE)
    assert names.pointers == {
        "192.0.2.1": "me.example",
        "10.1.0.1": "r.example",
        "10.2.0.77": "r.example",
        "10.2.0.25": "mx.example.org",
        "2001:db8:2::25": "mx.example.org",
        "10.2.0.80": "www.example.org",
        "10.2.0.81": "www.example.org",
    }
    assert ask(names.pointer("2001:DB8:2::25")) == "mx.example.org"
    assert ask(names.pointer("10.1.1.9")) is None


# The catalogue


def test_a_scenario_is_loaded_by_name_or_from_a_file(tmp_path):
    assert catalogue.load("port-filter").name == "port-filter"
    file = tmp_path / "mine.toml"
    file.write_text(CHAIN)
    assert catalogue.load(str(file)).name == "mine"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("protonmail", "no scenario is called 'protonmail'; did you mean 'protonmail-2019'"),
        ("qqqqqqqqqqqq", "'tracetui demo --list' shows them"),
        ("none.toml", "none.toml: No such file"),
    ],
)
def test_an_unknown_scenario_gets_one_line(word, message):
    with pytest.raises(ScenarioError) as caught:
        catalogue.load(word)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
