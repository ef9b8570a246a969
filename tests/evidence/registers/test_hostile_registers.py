"""Any bytes at all: a register, or EvidenceError with one printable line; in time linear in their number."""

import random
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evidence.cpu_time import scaled_seconds
from evidence.registers.test_read_register import DUMP, LISTS
from tracetui.evidence.registers.host_index import HostIndex, is_host, other_form, url_host
from tracetui.evidence.registers.read_register import known_formats, parse_request, read_register
from tracetui.evidence.registers.register_lines import line_text
from tracetui.model import EvidenceError

SOURCES = [DUMP.encode("cp1251"), *(text.encode() for text in LISTS.values())]
PARTS = [
    *(";", "|", ",", '"', "\n", ".", "*", "/", "-", ":", "://", "#", "=", "(", ")", " ", "\t", "@", "["),
    *("1.2.3.4", "a.example", "::", "zz", "xn--", "я", "\x00", "\x1b[2J"),
    *("$ORIGIN", "CNAME", "rpz-ip", "Updated:"),
]


def check(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        register = read_register(parse_request(str(path)))
    except EvidenceError as error:
        assert str(error).isprintable()
        return
    assert 0 < register.file.entries <= data.count(b"\n") + 1
    answer = register.answer("203.0.113.7", ("bad.example", "xn--e1afmkfd.xn--p1ai", "\x00", "a" * 300))
    for entry in answer.entries:
        assert 1 <= entry.line <= data.count(b"\n") + 1
        for text in (entry.quoted, entry.authority, entry.decision, entry.date, entry.value, *entry.urls):
            assert text.isprintable()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.sampled_from(PARTS), max_size=60).map(lambda parts: "".join(parts).encode()),
    )
)
def test_any_bytes(tmp_path, data):
    check(tmp_path / "file", data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SOURCES), st.integers(0, 2**32))
def test_mutated_files(tmp_path, source, seed):
    chance = random.Random(seed)
    data = bytearray(source)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(data))
        if chance.random() < 0.3:
            del data[at : at + chance.randrange(1, 20)]
        elif chance.random() < 0.5:
            data[at:at] = chance.choice(PARTS).encode()
        else:
            data[at] = chance.randrange(256)
        data = data or bytearray(b"\n")
    check(tmp_path / "file", bytes(data))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PARTS), max_size=20).map("".join)))
@example("0.0.0.0-255.255.255.255")
@example("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
def test_index_takes_what_is_a_host_and_nothing_else(text):
    index = HostIndex()
    assert index.add(text, 1) == is_host(text)
    index.finish()
    url_host(text)
    other_form(text)
    for form in known_formats():
        form.fields(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_ranges_hold_what_lies_between_their_ends(one, other, asked):
    def text(number):
        return ".".join(map(str, number.to_bytes(4, "big")))

    low, high = sorted((one, other))
    index = HostIndex()
    assert index.add(f"{text(low)}-{text(high)}", 3)
    index.finish()
    for number in (asked, low, high, max(low - 1, 0), min(high + 1, 2**32 - 1)):
        assert bool(list(index.of_address(text(number)))) == (low <= number <= high)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=40), st.integers(0, 2**32 - 1)
)
def test_prefixes_as_the_standard_library_has_them(prefixes, asked):
    import ipaddress

    index = HostIndex()
    networks = [ipaddress.ip_network((number, length), strict=False) for number, length in prefixes]
    for line, network in enumerate(networks, start=1):
        assert index.add(str(network), line)
    index.finish()
    for number in (asked, *(int(network[0]) for network in networks)):
        address = ipaddress.ip_address(number)
        expected = {line for line, network in enumerate(networks, start=1) if address in network}
        found = [match.line for match in index.of_address(str(address))]
        assert set(found) == expected
        assert len(found) == len(expected)


HOSTILE = {
    "one line of separators": "|" * 1_000_000,
    "digits": "Updated: x\n" + "1|" * 500_000 + ";;;a;b;c\n1.2.3.4;;;a;b;c\n",
    "many short lines": "a.b\n" * 250_000,
    "quotes": ('"' * 50 + ";;;;;\n") * 18_000,
    "ranges": "0.0.0.1-255.255.255.254\n" * 41_000,
    "international names": "".join(f"я{number}.рф\n" for number in range(90_000)),
    "dots": "a." * 500_000 + "\n1.2.3.4\n",
    "one long name a line": ("a" * 250 + ".example\n") * 3_800,
    "labels": (("1" * 62 + ".") * 4 + "\n") * 3_900,
    "unfinished SOA": "$ORIGIN x.\n@ SOA a b (\n" + "1\n" * 490_000,
    "slashes": "address=" + "/" * 990_000 + "\n",
    "spaces": "0.0.0.0" + " " * 990_000 + "\n",
    "URLs": "1.2.3.4;;" + "http://a.b/ | " * 70_000 + ";a;b;c\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_a_second(tmp_path, name):
    data = HOSTILE[name].encode()
    # Every try is on a file of another name: a register is read once.
    files = (tmp_path / str(number) for number in count())
    taken = scaled_seconds(lambda: check(next(files), data), enough=1)
    print(f"{name}: {taken:.2f} s")
    assert taken < 1


def test_a_line_in_any_encoding():
    assert line_text("Суд".encode()) == line_text("Суд".encode("cp1251")) == "Суд"
    assert line_text(b"\x98\xff\r\n").isprintable()
