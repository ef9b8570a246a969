"""Words for public vantages."""

import pytest

from tracetui.model import Asn, CannotRunError
from tracetui.model.public_vantage import (
    Platform,
    PublicVantage,
    is_public_vantage,
    parse_public_vantage,
)

G, A = Platform.GLOBALPING, Platform.ATLAS


@pytest.mark.parametrize(
    ("word", "vantage"),
    [
        ("globalping:AS8359", PublicVantage(G, Asn(8359))),
        ("globalping:as8359", PublicVantage(G, Asn(8359))),
        ("globalping:as=8359,limit=20", PublicVantage(G, Asn(8359), limit=20)),
        ("globalping:country=ru,limit=20", PublicVantage(G, country="RU", limit=20)),
        ("globalping:RU, city=Nizhny Novgorod", PublicVantage(G, country="RU", city="Nizhny Novgorod")),
        ("Globalping:city=Zürich", PublicVantage(G, city="Zürich")),
        ("atlas:AS8359,limit=10", PublicVantage(A, Asn(8359), limit=10)),
        ("atlas:country=RU", PublicVantage(A, country="RU")),
        ("atlas:12345678", PublicVantage(A, measurement=12345678)),
        ("https://atlas.ripe.net/measurements/12345678/", PublicVantage(A, measurement=12345678)),
        ("https://atlas.ripe.net/measurements/12345678/#probes", PublicVantage(A, measurement=12345678)),
        ("atlas:https://atlas.ripe.net/measurements/12345678", PublicVantage(A, measurement=12345678)),
        ("https://atlas.ripe.net/api/v2/measurements/12/results/?a=b", PublicVantage(A, measurement=12)),
    ],
)
def test_a_word(word, vantage):
    assert is_public_vantage(word)
    assert parse_public_vantage(word) == vantage
    assert parse_public_vantage(vantage.text) == vantage


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("globalping:", "it names no AS and no country"),
        ("globalping:limit=3", "it names no AS and no country"),
        ("globalping:Russia", "'Russia' is no country of two letters"),
        ("globalping:AS0", "'AS0' is no AS"),
        ("globalping:AS99999999999", "is no AS"),
        ("globalping:AS8359,AS3", "as is there twice"),
        ("globalping:AS8359,limit=0", "limit is a number from 1 to 50"),
        ("globalping:AS8359,limit=51", "limit is a number from 1 to 50"),
        ("globalping:AS8359,limit=²", "limit is a number from 1 to 50"),
        ("globalping:AS8359,colour=red", "'colour' is not known"),
        ("globalping:city=\x1b[31m", "is no city"),
        ("globalping:12345678", "is no country"),
        ("atlas:city=Moscow", "RIPE Atlas selects probes by an AS or by a country"),
        ("atlas:AS8359,country=RU", "RIPE Atlas selects probes by an AS or by a country"),
        ("ssh://a@b", "is no public vantage"),
        ("https://atlas.ripe.net.example/measurements/1", "is no public vantage"),
    ],
)
def test_no_such_word(word, problem):
    with pytest.raises(CannotRunError) as error:
        parse_public_vantage(word)
    assert problem in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("word", ["office", "ssh://user@host", "user@host", "https://example.org/1"])
def test_other_vantages(word):
    assert not is_public_vantage(word)
