"""What tests of the screen share: how they wait, and what they count."""

from collections import Counter
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tracetui.tui.paint.cached_rows import CachedRows
from tui.idle_app import soon_idle
from tui.painting import counted_rows


@pytest.fixture(scope="session", autouse=True)
def quick_pilots() -> Iterator[None]:
    """Take Textual's long sleeps out of each key and pause."""
    with soon_idle():
        yield


@pytest.fixture(scope="session", autouse=True)
def styles_parsed_once() -> Iterator[None]:
    """Keep the rules parsed from a style sheet for the next app with the same variables."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(sheet: Stylesheet, *what: object, **more: object) -> list[RuleSet]:
        key = (frozenset(sheet._variables.items()), what, frozenset(more.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *what, **more)  # type: ignore[arg-type]
        return parsed[key]

    with patch.object(Stylesheet, "_parse_rules", parse_once):
        yield


@pytest.fixture
def rows_painted() -> Iterator[Counter[CachedRows]]:
    """Rows painted since the start of the test, by view."""
    with counted_rows() as painted:
        yield painted
