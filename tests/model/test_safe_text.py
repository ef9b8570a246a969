"""What strangers' names may do to a terminal: nothing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import as_colour, as_tag, safe_line, safe_text
from tracetui.model.attribution import AS_COLOURS


@given(st.text(max_size=400))
def test_safe_text_is_one_printable_line(text):
    shown = safe_text(text, limit=60)
    assert len(shown) <= 60
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for character in shown)
    assert safe_text(shown, limit=60) == shown


@given(st.text(max_size=400))
def test_safe_line_is_one_printable_line_of_the_same_length(text):
    shown = safe_line(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for character in shown)
    assert safe_line(shown) == shown


def test_dangerous_characters_show_as_replaced():
    assert safe_text("a\x1b[31mb") == "a�[31mb"
    assert safe_text("evil\u202egnp.exe") == "evil�gnp.exe"
    assert safe_text("a\u200bb") == "a�b"
    assert safe_text("two\nlines\tand  spaces ") == "two lines and spaces"


def test_ordinary_names_stay():
    for name in ("MTS PJSC", "Société Générale", "МТС", "日本電信電話", "O'Reilly & Sons [x] | <b> `c` *d*"):
        assert safe_text(name) == name


def test_piles_of_combining_marks_are_cut():
    assert len(safe_text("a" + "\u0301" * 50)) == 4


def test_long_names_end_in_an_ellipsis():
    assert safe_text("x" * 300, limit=10) == "xxxxxxxxx…"


def test_tags_count_like_spreadsheet_columns():
    assert [as_tag(index) for index in (0, 1, 25, 26, 27, 51, 52, 701, 702)] == [
        "A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


def test_colours_are_twelve_and_keep_red_for_loss():
    assert len(set(AS_COLOURS)) == 12
    assert not {1, 9, 160, 196, 203} & set(AS_COLOURS)
    assert as_colour(12) == as_colour(0)
