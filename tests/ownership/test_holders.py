"""What ASes are called on the board."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.investigation.as_tags import AsTags
from tracetui.model import HolderBook, Holding, TableError, as_colour, short_name
from tracetui.ownership.as_names_file import read_holders


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Google LLC", "Google"),
        ("Cloudflare, Inc.", "Cloudflare"),
        ('PJSC "Vimpelcom"', "Vimpelcom"),
        ("JSC RTComm.RU", "RTComm.RU"),
        ('Joint-Stock Company "Example"', "Example"),
        ("Hetzner Online GmbH", "Hetzner Online"),
        ("Vodafone Libertel B.V.", "Vodafone"),
        ("Deutsche Telekom AG", "Deutsche Telekom"),
        ("Level 3 Parent, LLC", "Level 3 Parent"),
        ("Hurricane Electric LLC", "Hurricane"),
        ("RTCOMM-AS", "RTCOMM"),
        ("GOOGLE", "GOOGLE"),
        ("ООО Пример", "ООО Пример"),
        ("LLC", "LLC"),
        ("", ""),
        ("Internationalisierungsgesellschaft", "Internationalis…"),
    ],
)
def test_short_forms(name, short):
    assert short_name(name) == short


@given(st.text(max_size=80))
def test_a_short_form_is_short_and_never_lost(name):
    short = short_name(name)
    assert len(short) <= 16
    assert bool(short.strip()) or not name.strip()


@pytest.fixture
def book(tmp_path):
    def write(text):
        (tmp_path / "as.toml").write_text(text)
        return read_holders(tmp_path / "as.toml")

    return write


def test_the_users_own_names_and_colours(book):
    own = book('[as.8359]\nname = "MTS"\n[as.AS64496]\ncolour = 7\n[as.64497]\nname = "Evil \\u001b[31m"\n')
    assert own.short(8359, "MTS PJSC") == "MTS"
    assert own.short(64496, "Example LLC") == "Example"
    assert (own.colour(64496), own.colour(8359), own.colour(1)) == (7, None, None)
    assert own.holdings[64497] == Holding("Evil �[31m", None)
    assert book("") == HolderBook()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[as.8359\n", "cannot be read"),
        ("[asn.8359]\n", "'asn' is not known here: write [as.8359]"),
        ("as = 5\n", "'as' is not a table"),
        ("[as.mts]\n", "'mts' is not an AS number"),
        ("[as.0]\n", "'0' is not an AS number"),
        ("[as.99999999999]\n", "is not an AS number"),
        ("[as]\n8359 = 1\n", "as.8359: not a table"),
        ('[as.8359]\nnames = "x"\n', "as.8359.names is not known; did you mean 'name'?"),
        ("[as.8359]\nzzz = 1\n", "there are name and colour"),
        ("[as.8359]\nname = 5\n", "as.8359.name: not a text"),
        ('[as.8359]\nname = " "\n', "as.8359.name: not a text"),
        ("[as.8359]\ncolour = 256\n", "as.8359.colour: not a number from 0 to 255"),
        ("[as.8359]\ncolour = true\n", "as.8359.colour: not a number"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_key(book, text, words):
    with pytest.raises(TableError) as caught:
        book(text)
    assert words in str(caught.value)
    assert "as.toml: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_holders(tmp_path / "gone.toml")


def test_tags_carry_them():
    from tracetui.model import Attribution

    tags = AsTags(HolderBook({8359: Holding("MTS", 7)}))
    tags._see(Attribution((8359,), "Mobile TeleSystems PJSC", None, "t"))
    tags._see(Attribution((15169,), "Google LLC", None, "t"))
    first, second = tags.systems
    assert (first.name, first.short, first.label, first.colour) == (
        "Mobile TeleSystems PJSC",
        "MTS",
        "MTS",
        7,
    )
    assert (second.label, second.colour, second.tag) == ("Google", as_colour(1), "B")
