"""TOML that takes much more to parse than it is long."""

import subprocess
import sys
import time

import pytest

from tracetui.files.parse_toml import MAX_KEY_PARTS, parse_toml

WITH_LITTLE_MEMORY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from tracetui.files.parse_toml import parse_toml
try:
    parse_toml(sys.stdin.read())
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000 + "a = 1",
        "[" + "a." * 50_000 + "a]",
        "[[" + "a . " * 25_000 + "a]]",
        "x = {b = 1, " + "a." * 50_000 + "a = 1}",
        """"a b".'c'.""" * 12_500 + "a = 1",
    ],
)
def test_a_dotted_key_without_end_is_refused_before_it_takes_memory(text):
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITH_LITTLE_MEMORY],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "a key has more than 16 parts\n", done.stderr


def test_dots_elsewhere_are_no_key():
    name = "1." * 40 + "ip6.arpa"
    text = f"""a.b.c = "{name}"\nlist = ["{name}", '{name}']  # {name}\n"""
    assert parse_toml(text) == {"a": {"b": {"c": name}}, "list": [name, name]}
    deep = ".".join("a" * MAX_KEY_PARTS)
    assert parse_toml(f"{deep} = 1")


@pytest.mark.parametrize("text", [',"', ",'", ",a", '"\\', "[", "\n   ", ", ", "a", " ", ".", ",a.", '"a".'])
def test_looking_for_such_keys_takes_linear_time(text):
    started = time.process_time()
    with pytest.raises(ValueError):  # noqa: PT011  (which one is tomllib's business)
        parse_toml(text * (500_000 // len(text)) + "=")
    assert time.process_time() - started < 10
