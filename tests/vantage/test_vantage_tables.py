"""The tables `[vantage.NAME]` of the configuration file, and the words of --via."""

from pathlib import Path

import pytest

from tracetui.config.vantage_tables import VantageTable, read_vantages
from tracetui.investigation.open_vantages import open_vantages, vantage_name
from tracetui.model import CannotRunError, ConfigError
from tracetui.probing.clock import SystemClock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace

FILE = Path("config.toml")


def test_tables_in_their_order():
    found = read_vantages({"office": {"ssh": "me@mx1"}, "b": {"ssh": "b", "python": "python3.12"}}, FILE)
    assert list(found.items()) == [
        ("office", VantageTable("me@mx1")),
        ("b", VantageTable("b", "python3.12")),
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"office": {}}, "vantage.office: write either ssh"),
        ({"office": {"ssh": ""}}, "vantage.office: ssh cannot be that, expected str of length >= 1"),
        ({"office": {"ssh": 7}}, "vantage.office: ssh cannot be that, expected str"),
        ({"office": {"ssh": "a", "shh": "b"}}, "shh is not known; did you mean 'ssh'"),
        ({"office": "mx1"}, "vantage.office: it is no table"),
        ({"office": {"ssh": "a", "country": "Germany"}}, "vantage.office: country cannot be that"),
        ({"office": {"ssh": "a", "asn": "AS8359"}}, "vantage.office: asn cannot be that, expected int"),
        ({"my office": {"ssh": "a"}}, "a name is letters"),
        ({"\u001b[31m": {"ssh": "a"}}, "a name is letters"),
        ({"x" * 41: {"ssh": "a"}}, "a name is letters"),
    ],
)
def test_mistakes_are_told_in_one_line(table, words):
    with pytest.raises(ConfigError, match=words) as error:
        read_vantages(table, FILE)
    assert str(error.value).startswith("config.toml: ")
    assert str(error.value).isprintable()


def engines(*words: str):
    known = {"office": VantageTable("me@mx1", "python3.12; reboot")}
    return open_vantages(words, known, SystemClock(), Pace(), ProberChoice.AUTO)


def test_a_name_an_address_and_each_once():
    assert [one.name for one in engines("office", "ssh://a@b", "office")] == ["office", "a@b"]
    assert vantage_name("ssh://a@b:22/") == "a@b:22"


def test_the_python_of_a_table_is_no_shell_text():
    (engine,) = engines("office")
    assert "'python3.12; reboot' -I -B" in engine._remote._argv[-1]


@pytest.mark.parametrize("how", [{"ssh": "me@mx1"}, {"command": "traceroute -n {address}"}])
def test_where_it_is_is_known_before_its_first_trace(how):
    known = read_vantages({"office": {**how, "country": "DE", "asn": 64500}}, FILE)
    (engine,) = open_vantages(["office"], known, SystemClock(), Pace(), ProberChoice.AUTO)
    vantage = engine.published.vantage
    assert (vantage.country, vantage.asn) == ("DE", 64500)


@pytest.mark.parametrize("word", ["nowhere", "http://a@b", "ssh://-oProxyCommand=x", ""])
def test_what_is_no_vantage_is_refused(word):
    with pytest.raises(CannotRunError):
        engines(word)
