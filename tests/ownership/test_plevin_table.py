"""The installed database: what this program makes of its answers. Its data changes every month."""

import plevin
import pytest

from tracetui.model import CannotRunError
from tracetui.ownership.plevin_table import PlevinExchanges, PlevinTable


@pytest.fixture(scope="module")
def table():
    return PlevinTable()


def test_the_date_comes_with_the_first_answer():
    table = PlevinTable()
    assert (table.info.name, table.info.date) == ("plevin", None)
    found = table.attribute("8.8.8.8")
    assert found.date == table.info.date is not None
    assert found.asns == (15169,)
    assert found.name
    assert found.prefix == "8.8.8.0/24"


def test_an_exchanges_lan_is_the_exchange(table):
    found = table.attribute("80.249.208.1")
    assert (found.exchange, found.asns, found.unannounced) == (True, (), False)
    assert "AMSIX" in found.name.upper().replace("-", "")
    assert PlevinExchanges(table).attribute("80.249.208.1") == found
    assert PlevinExchanges(table).attribute("8.8.8.8") is None


def test_space_without_origin_is_unannounced_and_not_unknown(table):
    assert table.attribute("6.0.0.1").unannounced


def test_what_is_no_address_has_no_answer(table):
    assert table.attribute("no address") is None


def test_no_database_is_one_line(monkeypatch):
    def missing(*_):
        raise FileNotFoundError("no data")

    monkeypatch.setattr(plevin, "Plevin", missing)
    with pytest.raises(CannotRunError, match=r"plevin's database cannot be used \(no data\): pip install"):
        PlevinTable().open()


def test_at_rest_no_decoder_is_kept_and_answers_are_the_same():
    table = PlevinTable()
    before = table.attribute("8.8.8.8")
    sections = table._database.file.sections.values()
    assert sum(len(section.cache) for section in sections) > 5
    table.rest()
    assert not any(section.cache or section.groups for section in sections)
    assert table.attribute("8.8.8.8") == before
    assert table.attribute("8.8.4.4").asns == (15169,)


def test_rest_before_any_question_is_none():
    PlevinTable().rest()
