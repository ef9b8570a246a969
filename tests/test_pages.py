"""Pages for users say what the program does: the README's sample, keys, options, licences."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tracetui import cli
from tracetui.cli.output import ExitStatus
from tracetui.tui.command import key_table
from tracetui.tui.commands import table

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS = [
    [],
    ["report"],
    ["demo"],
    ["asn"],
    ["import"],
    ["survey"],
    ["doctor"],
    ["config"],
    ["completions"],
]
SAMPLE = re.compile(r"`tracetui (demo [^`]*)` replays.*?```\n(.*?)```", re.DOTALL)


def joined(text: str) -> str:
    return " ".join(text.split())


def test_the_sample_in_the_readme_is_what_the_demo_prints(capsys):
    command, sample = SAMPLE.search((ROOT / "README.md").read_text(encoding="utf-8")).groups()
    assert cli.main(command.split()) == ExitStatus.NOT_REACHED
    printed = joined(capsys.readouterr().out)
    passages = re.split(r"\n {4}(?! )", f"\n{sample}".replace("\n    ...", ""))
    assert len(passages) > 5
    assert [passage for passage in passages if joined(passage) not in printed] == []


def test_the_page_of_keys_has_the_keys():
    assert key_table(table.COMMANDS) in (DOCS / "keys.md").read_text(encoding="utf-8"), (
        "docs/keys.md: put in what tracetui.tui.command.key_table(COMMANDS) returns"
    )


def test_the_page_of_options_has_every_option_and_no_other(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            cli.main([*command, "--help"])
    options = re.compile(r"(?<![\w-])(--[a-z][a-z-]+)")
    helped = set(options.findall(capsys.readouterr().out))
    assert set(options.findall((DOCS / "options.md").read_text(encoding="utf-8"))) == helped


def licence(package: str) -> str:
    """Return what the metadata of an installed package calls its licence."""
    data: Any = metadata.metadata(package)
    classifiers = [line for line in data.get_all("Classifier") or [] if line.startswith("License ::")]
    names = [line.rpartition(" :: ")[2].removesuffix(" License") for line in classifiers]
    return next(filter(None, [data.get("License-Expression"), data.get("License"), *names]), "")


def test_the_page_of_licences_says_what_the_packages_say():
    page = (DOCS / "licences.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| ([a-z-]+) \| ([^|]+) \|", page, re.MULTILINE))
    del table["package"]
    direct = [Requirement(line).name for line in metadata.requires("tracetui") or []]
    assert [package for package in direct if package not in table] == []
    said = {package: licence(package) for package in table}
    assert said.pop("plevin-db-network") == ""
    assert {package: table[package] for package in said} == said
