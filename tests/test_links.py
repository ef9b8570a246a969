"""Pages link to files that exist, and every picture is shown or drawn by the script."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")


def links(page):
    found = (one or other for one, other in LINK.findall(page.read_text(encoding="utf-8")))
    return [link.partition("#")[0] for link in found if "://" not in link and not link.startswith("#")]


CASE = ROOT / "docs" / "case-2019.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    missing = [link for link in links(page) if not (page.parent / link).exists()]
    assert missing == []


def test_the_readme_leads_with_pictures():
    assert [link for link in links(ROOT / "README.md") if link.endswith(".svg")]


def test_each_picture_is_there_dark_and_light():
    names = {path.stem for path in ROOT.glob("screenshots/*.svg") if not path.stem.startswith("case-")}
    assert {name.removesuffix("-light") for name in names} == {
        "board", "overview", "paths", "timeline", "evidence", "details", "findings", "help", "survey",
    }  # fmt: skip
    drawn = {path.stem for path in ROOT.glob("screenshots/case-*.svg")}
    assert drawn == {
        link.rpartition("/")[2].removesuffix(".svg") for link in links(CASE) if link.endswith(".svg")
    }
    assert all(name.endswith("-light") or f"{name}-light" in names for name in names)
