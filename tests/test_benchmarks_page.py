"""The page of benchmarks is what `make bench` writes: figures of now beside those not measured again."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def page(monkeypatch):
    """The module `benchmarks/page.py`."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import page

    return page


@pytest.fixture
def copied(page, monkeypatch, tmp_path):
    """The same, that writes into a directory of its own."""
    (tmp_path / "figures.json").write_bytes(page.FIGURES.read_bytes())
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(page, "_DOCS", tmp_path)
    return page


def line(page, what, *values, peer=(), budget=None):
    return page.Line(
        what,
        "ms",
        page.Samples(values),
        page.Samples(peer) if peer else None,
        "mtr",
        budget,
        remarks=("why",),
    )


def test_the_page_is_what_is_written(page):
    assert (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8") == page.text(page.read())


def test_a_part_that_is_measured_takes_the_place_of_its_figures(copied, tmp_path):
    parts = list(dict.fromkeys(each.part for each in copied.read()))
    before = [each for each in copied.read() if each.part != "start-up"]
    copied.write(
        {"start-up": [line(copied, "start", 3.0, 4.0, 5.0, peer=(8.0,), budget=9)]}, parts, how="busy"
    )
    (new,) = [each for each in copied.read() if each.part == "start-up"]
    assert (new.what, new.ours, new.peer, new.ratio) == ("start, ms", "4 (3–5)", "mtr 8", "0.50")
    assert (new.budget, new.how, new.remarks) == ("≤ 9 ms ✓", "busy", ("why",))
    assert [each for each in copied.read() if each.part != "start-up"] == before
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert f"| start, ms | 4 (3–5) | mtr 8 | 0.50 | ≤ 9 ms ✓ | {new.date} [" in text
    assert new.machine in text
    assert "first frame of the demo" not in text


def test_a_part_that_could_not_run_keeps_its_figures(copied):
    before = copied.read()
    copied.write({"start-up": []}, list(dict.fromkeys(each.part for each in before)), how="")
    assert copied.read() == before


def test_growth_is_drawn(copied, tmp_path):
    parts = [*dict.fromkeys(each.part for each in copied.read()), "growth"]
    lines = [line(copied, f"a second of {lanes} lanes × 5 hops", 0.5 * lanes) for lanes in (2, 24, 256)]
    copied.write({"growth": lines}, parts, how="")
    picture = ET.parse(tmp_path / "benchmarks-growth.svg").getroot()
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Cost over lanes", "5 hops", "24", "256", "Cost over hops", "24 lanes"} <= set(texts)
    assert "20 hops" not in texts
    (way, _) = picture.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(pair.partition(",")[2]) for pair in way.attrib["points"].split()]
    assert heights == sorted(heights, reverse=True)


def test_other_programs_run_where_they_are_installed(page, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    import screen_cost

    assert screen_cost.installed_peers() == {}
    (tmp_path / "trip").write_text("#!/bin/sh\n")
    (tmp_path / "trip").chmod(0o755)
    (found,) = screen_cost.installed_peers().values()
    assert len(found) == len(screen_cost.MTR)
    assert {command[0] for command in found} == {"trip"}
    assert ["trip", "--tcp", "--target-port", screen_cost.PORT, screen_cost.ADDRESSES[0]] in found
