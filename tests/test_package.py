"""The package as it is installed: what is in it, and what starting it loads."""

import ast
import itertools
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata, resources
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import tracetui

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "tracetui"


def files_beside_code() -> list[str]:
    """What the wheel must carry besides modules, as posix paths below `tracetui`."""
    return sorted(
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".py"
    )


def test_version_is_the_same_everywhere():
    assert metadata.version("tracetui") == tracetui.__version__


def test_type_hints_are_published():
    assert (resources.files("tracetui") / "py.typed").is_file()


def test_every_file_beside_the_code_is_installed():
    names = files_beside_code()
    assert any(name.endswith(".toml") for name in names), "no scenario in the source tree"
    assert any(name.endswith(".tcss") for name in names), "no style sheet in the source tree"
    missing = [name for name in names if not (resources.files("tracetui") / name).is_file()]
    assert missing == []


@pytest.mark.skipif("TRACETUI_INSTALLED" not in os.environ, reason="only make test installs the wheel")
def test_tests_run_against_the_installed_wheel():
    assert PROJECT / "tracetui" not in Path(tracetui.__file__).resolve().parents
    child = subprocess.run(
        [sys.executable, "-c", "import tracetui; print(tracetui.__file__)"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == tracetui.__file__


def test_installed_files_are_only_the_package_and_its_metadata():
    files = metadata.files("tracetui") or []
    tops = {file.parts[0] for file in files if file.suffix != ".pth"}
    assert all(
        top in {"tracetui", "..", "__pycache__"} or top.startswith(("tracetui-", "__editable__"))
        for top in tops
    ), tops


def test_printing_the_version_loads_no_screen_and_nothing_slow():
    """Counted, not timed: an import of Textual or scapy alone would break the start-up budget."""
    program = (
        "import sys\n"
        "from tracetui.cli import main\n"
        "try:\n"
        "    main(['--version'])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    version, *_, modules = run.stdout.splitlines()
    assert version.split() == ["tracetui", tracetui.__version__]
    assert {"textual", "rich", "scapy", "dns", "plevin"}.isdisjoint(ast.literal_eval(modules))


def test_the_changelog_has_this_version():
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        rf"^## \[{re.escape(tracetui.__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE
    )


def test_the_lock_holds_versions_that_are_allowed_hashes_and_no_address():
    lock = (PROJECT / "requirements-dev.txt").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, re.MULTILINE))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *itertools.chain.from_iterable(project["dependency-groups"].values()),
    ]
    wrong = [
        text
        for text, need in zip(asked, map(Requirement, asked), strict=True)
        if need.name not in locked or locked[need.name] not in need.specifier
    ]
    assert wrong == [], "make lock"
    assert lock.count("--hash=sha256:") >= len(locked)
    assert "://" not in lock
    assert [text for text in asked if "<" not in text and "~=" not in text] == [], "without an upper bound"
